CREATE OR REPLACE VIEW plays AS
SELECT
  event_time AS start_time,
  user_id,
  level,
  session_id,
  item_in_session,
  title,
  artist,
  CASE WHEN ENDS_WITH(title, ' ') THEN RTRIM(title, ' ') ELSE title END AS matched_title,
  CASE WHEN ENDS_WITH(artist, ' ') THEN RTRIM(artist, ' ') ELSE artist END AS matched_artist,
  seconds,
  location,
  user_agent,
  log_date
FROM events
WHERE
  page = 'NextSong';
