SELECT
  songplay_id,
  start_time,
  session_id,
  item_in_session,
  log_date
FROM songplays
WHERE
  (
    songplay_id IS NULL
    OR start_time IS NULL
    OR session_id IS NULL
    OR item_in_session IS NULL
    OR log_date IS NULL
  )
  AND songplays.log_date BETWEEN $first_day AND $last_day;

SELECT
  session_id,
  item_in_session,
  COUNT(*) AS copies
FROM songplays
WHERE
  1 = 1 AND songplays.log_date BETWEEN $first_day AND $last_day
GROUP BY
  session_id,
  item_in_session
HAVING
  COUNT(*) > 1
UNION ALL
SELECT
  others.session_id,
  others.item_in_session,
  2 AS copies
FROM songplays AS others
INNER JOIN (
  SELECT
    session_id,
    item_in_session
  FROM songplays
  WHERE
    log_date BETWEEN $first_day AND $last_day
) AS changed
  ON others.session_id = changed.session_id
  AND others.item_in_session = changed.item_in_session
WHERE
  NOT (
    others.log_date BETWEEN $first_day AND $last_day
  );

SELECT
  songplay_id,
  COUNT(*) AS copies
FROM songplays
WHERE
  1 = 1 AND songplays.log_date BETWEEN $first_day AND $last_day
GROUP BY
  songplay_id
HAVING
  COUNT(*) > 1;

SELECT
  songplays.songplay_id,
  songplays.start_time
FROM songplays
LEFT JOIN time
  ON songplays.start_time = time.start_time
WHERE
  NOT songplays.start_time IS NULL
  AND songplays.log_date BETWEEN $first_day AND $last_day
  AND time.start_time IS NULL;

SELECT
  songplays.songplay_id,
  songplays.user_id
FROM songplays
LEFT JOIN users
  ON songplays.user_id = users.user_id
WHERE
  NOT songplays.user_id IS NULL
  AND songplays.log_date BETWEEN $first_day AND $last_day
  AND users.user_id IS NULL;

SELECT
  songplays.songplay_id,
  songplays.song_id
FROM songplays
LEFT JOIN songs
  ON songplays.song_id = songs.song_id
WHERE
  NOT songplays.song_id IS NULL
  AND songplays.log_date BETWEEN $first_day AND $last_day
  AND songs.song_id IS NULL;

SELECT
  songplays.songplay_id,
  songplays.artist_id
FROM songplays
LEFT JOIN artists
  ON songplays.artist_id = artists.artist_id
WHERE
  NOT songplays.artist_id IS NULL
  AND songplays.log_date BETWEEN $first_day AND $last_day
  AND artists.artist_id IS NULL;
