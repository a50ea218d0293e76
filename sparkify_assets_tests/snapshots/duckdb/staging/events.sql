CREATE OR REPLACE VIEW events AS
SELECT
  CAST(CAST('1970-01-01' AS TIMESTAMP) + INTERVAL (CAST((
    ts - ts % 86400000
  ) / 86400000 AS INT)) DAY AS TIMESTAMP) + INTERVAL (CAST(ts % 86400000 AS INT)) MILLISECOND AS event_time,
  ts,
  page,
  userId AS user_id,
  firstName AS first_name,
  lastName AS last_name,
  gender,
  level,
  sessionId AS session_id,
  itemInSession AS item_in_session,
  song AS title,
  artist,
  length AS seconds,
  location,
  userAgent AS user_agent,
  log_date
FROM staging_events;
