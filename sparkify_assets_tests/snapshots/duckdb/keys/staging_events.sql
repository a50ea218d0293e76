SELECT
  itemInSession,
  page,
  sessionId,
  ts,
  log_date
FROM staging_events AS written
WHERE
  itemInSession IS NULL
  OR page IS NULL
  OR sessionId IS NULL
  OR ts IS NULL
  OR log_date IS NULL;
