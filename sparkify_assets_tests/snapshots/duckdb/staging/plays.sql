CREATE OR REPLACE VIEW plays AS
SELECT
  event_time AS start_time,
  user_id,
  level,
  session_id,
  item_in_session,
  title,
  artist,
  RTRIM(title, ' ') AS matched_title,
  RTRIM(artist, ' ') AS matched_artist,
  seconds,
  location,
  user_agent,
  log_date
FROM events
WHERE
  page = 'NextSong';
