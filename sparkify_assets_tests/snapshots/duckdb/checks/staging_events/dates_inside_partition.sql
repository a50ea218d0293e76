SELECT
  log_date,
  CAST(CAST('1970-01-01' AS TIMESTAMP) + INTERVAL (CAST((
    ts - ts % 86400000
  ) / 86400000 AS INT)) DAY AS TIMESTAMP) + INTERVAL (CAST(ts % 86400000 AS INT)) MILLISECOND AS event_time,
  sessionId AS session_id,
  itemInSession AS item_in_session
FROM staging_events
WHERE
  log_date BETWEEN $first_day AND $last_day
  AND (
    ts < CAST(DATE_DIFF('DAY', CAST(CAST('1970-01-01' AS DATE) AS TIMESTAMP), CAST(log_date AS TIMESTAMP)) AS BIGINT) * 86400000
    OR ts >= CAST(DATE_DIFF('DAY', CAST(CAST('1970-01-01' AS DATE) AS TIMESTAMP), CAST(log_date AS TIMESTAMP)) + 1 AS BIGINT) * 86400000
  );
