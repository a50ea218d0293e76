SELECT
  log_date,
  CAST('1970-01-01' AS TIMESTAMP) + CAST((
    ts - ts % 1000
  ) / 1000 AS INT) * INTERVAL '1' SECOND AS event_time,
  sessionId AS session_id,
  itemInSession AS item_in_session
FROM staging_events
WHERE
  log_date BETWEEN $first_day AND $last_day
  AND (
    ts < CAST(DATE_DIFF('DAY', CAST(CAST('1970-01-01' AS DATE) AS TIMESTAMP), CAST(log_date AS TIMESTAMP)) AS BIGINT) * 86400000
    OR ts >= CAST(DATE_DIFF('DAY', CAST(CAST('1970-01-01' AS DATE) AS TIMESTAMP), CAST(log_date AS TIMESTAMP)) + 1 AS BIGINT) * 86400000
  );
