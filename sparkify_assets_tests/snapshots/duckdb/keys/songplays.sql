SELECT
  start_time,
  session_id,
  item_in_session,
  log_date
FROM songplays AS written
WHERE
  start_time IS NULL
  OR session_id IS NULL
  OR item_in_session IS NULL
  OR log_date IS NULL;

SELECT
  session_id,
  item_in_session,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(session_id, session_id) AS session_id,
    GREATEST(item_in_session, item_in_session) AS item_in_session
  FROM songplays AS declared
) AS written
GROUP BY
  session_id,
  item_in_session
HAVING
  COUNT(*) > 1;

SELECT
  songplay_id,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(songplay_id, songplay_id) AS songplay_id
  FROM songplays AS declared
) AS written
GROUP BY
  songplay_id
HAVING
  COUNT(*) > 1;

SELECT
  written.session_id,
  written.item_in_session,
  written.start_time
FROM songplays AS written
LEFT JOIN time
  ON GREATEST(written.start_time, written.start_time) = time.start_time
WHERE
  NOT written.start_time IS NULL AND time.start_time IS NULL;

SELECT
  written.session_id,
  written.item_in_session,
  written.user_id
FROM songplays AS written
LEFT JOIN users
  ON GREATEST(written.user_id, written.user_id) = users.user_id
WHERE
  NOT written.user_id IS NULL AND users.user_id IS NULL;

SELECT
  written.session_id,
  written.item_in_session,
  written.song_id
FROM songplays AS written
LEFT JOIN songs
  ON GREATEST(written.song_id, written.song_id) = songs.song_id
WHERE
  NOT written.song_id IS NULL AND songs.song_id IS NULL;

SELECT
  written.session_id,
  written.item_in_session,
  written.artist_id
FROM songplays AS written
LEFT JOIN artists
  ON GREATEST(written.artist_id, written.artist_id) = artists.artist_id
WHERE
  NOT written.artist_id IS NULL AND artists.artist_id IS NULL;
