SELECT
  itemInSession,
  page,
  sessionId,
  ts,
  log_date
FROM staging_events
WHERE
  (
    itemInSession IS NULL
    OR page IS NULL
    OR sessionId IS NULL
    OR ts IS NULL
    OR log_date IS NULL
  )
  AND staging_events.log_date BETWEEN $first_day AND $last_day;
