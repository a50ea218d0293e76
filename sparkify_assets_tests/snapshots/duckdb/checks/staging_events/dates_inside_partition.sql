SELECT
  log_date,
  event_time,
  session_id,
  item_in_session
FROM events
WHERE
  log_date BETWEEN $first_day AND $last_day
  AND (
    event_time < log_date
    OR event_time >= (
      CAST(log_date AS TIMESTAMP) + INTERVAL 1 DAY
    )
  );
