CREATE TABLE IF NOT EXISTS songplays (
  songplay_id BIGINT AS (
    CAST(session_id AS BIGINT) * 4294967296 + (
      CAST(item_in_session AS BIGINT) + 2147483648
    )
  ),
  start_time TIMESTAMP NOT NULL,
  user_id INT,
  level TEXT(16),
  song_id TEXT(32),
  artist_id TEXT(32),
  session_id INT NOT NULL,
  location TEXT(1024),
  user_agent TEXT(2048),
  item_in_session INT NOT NULL,
  played_title TEXT(1024),
  played_artist TEXT(1024),
  played_seconds INT,
  log_date DATE NOT NULL
);

DROP TABLE IF EXISTS changed_titles;

CREATE TEMPORARY TABLE changed_titles AS
SELECT
  CASE WHEN ENDS_WITH(title, ' ') THEN RTRIM(title, ' ') ELSE title END AS title,
  CASE
    WHEN ENDS_WITH(artist_name, ' ')
    THEN RTRIM(artist_name, ' ')
    ELSE artist_name
  END AS artist
FROM new_songs
UNION
SELECT
  CASE WHEN ENDS_WITH(title, ' ') THEN RTRIM(title, ' ') ELSE title END AS title,
  CASE
    WHEN ENDS_WITH(artist_name, ' ')
    THEN RTRIM(artist_name, ' ')
    ELSE artist_name
  END AS artist
FROM old_songs;

DROP TABLE IF EXISTS affected_songplays;

CREATE TEMPORARY TABLE affected_songplays AS
SELECT
  session_id,
  item_in_session
FROM plays
WHERE
  log_date BETWEEN $first_day AND $last_day
GROUP BY
  session_id,
  item_in_session
HAVING
  COUNT(*) > 1
UNION
SELECT
  songplays.session_id,
  songplays.item_in_session
FROM songplays
INNER JOIN plays
  ON songplays.session_id = plays.session_id
  AND songplays.item_in_session = plays.item_in_session
WHERE
  plays.log_date BETWEEN $first_day AND $last_day
  AND NOT songplays.log_date BETWEEN $first_day AND $last_day
UNION
SELECT
  songplays.session_id,
  songplays.item_in_session
FROM songplays
INNER JOIN plays
  ON songplays.session_id = plays.session_id
  AND songplays.item_in_session = plays.item_in_session
WHERE
  songplays.log_date BETWEEN $first_day AND $last_day
  AND NOT plays.log_date BETWEEN $first_day AND $last_day
UNION
SELECT
  plays.session_id,
  plays.item_in_session
FROM plays
INNER JOIN changed_titles
  ON plays.matched_title = changed_titles.title
  AND plays.matched_artist = changed_titles.artist
WHERE
  NOT plays.log_date BETWEEN $first_day AND $last_day;

DROP TABLE IF EXISTS affected_lines;

CREATE TEMPORARY TABLE affected_lines AS
SELECT
  plays.*,
  ROW_NUMBER() OVER (
    PARTITION BY plays.session_id, plays.item_in_session
    ORDER BY plays.start_time ASC, plays.user_id ASC, plays.level ASC, plays.title ASC, plays.artist ASC, plays.seconds ASC, plays.location ASC, plays.user_agent ASC, plays.log_date ASC
  ) AS line_rank
FROM plays
INNER JOIN affected_songplays
  ON plays.session_id = affected_songplays.session_id
  AND plays.item_in_session = affected_songplays.item_in_session;

DROP TABLE IF EXISTS song_matches;

CREATE TEMPORARY TABLE song_matches AS
WITH played AS (
  SELECT
    matched_title AS title,
    matched_artist AS artist,
    COALESCE(seconds, -1) AS seconds
  FROM plays
  WHERE
    log_date BETWEEN $first_day AND $last_day
  UNION
  SELECT
    matched_title AS title,
    matched_artist AS artist,
    COALESCE(seconds, -1) AS seconds
  FROM affected_lines
), candidates AS (
  SELECT
    played.title,
    played.artist,
    played.seconds,
    songs.song_id,
    songs.artist_id,
    ROW_NUMBER() OVER (
      PARTITION BY played.title, played.artist, played.seconds
      ORDER BY ABS(songs.duration - NULLIF(played.seconds, -1)) ASC, songs.song_id ASC
    ) AS song_rank
  FROM played
  INNER JOIN songs
    ON played.title = CASE
      WHEN ENDS_WITH(songs.title, ' ')
      THEN RTRIM(songs.title, ' ')
      ELSE songs.title
    END
    AND played.artist = CASE
      WHEN ENDS_WITH(songs.artist_name, ' ')
      THEN RTRIM(songs.artist_name, ' ')
      ELSE songs.artist_name
    END
)
SELECT
  title,
  artist,
  seconds,
  song_id,
  artist_id
FROM candidates
WHERE
  song_rank = 1;

DROP TABLE IF EXISTS old_songplays;

CREATE TEMPORARY TABLE old_songplays AS
SELECT
  songplays.log_date,
  songplays.start_time,
  songplays.user_id,
  songplays.song_id,
  songplays.artist_id
FROM songplays
WHERE
  songplays.log_date BETWEEN $first_day AND $last_day
UNION ALL
SELECT
  songplays.log_date,
  songplays.start_time,
  songplays.user_id,
  songplays.song_id,
  songplays.artist_id
FROM songplays
INNER JOIN affected_songplays
  ON songplays.session_id = affected_songplays.session_id
  AND songplays.item_in_session = affected_songplays.item_in_session
WHERE
  NOT (
    songplays.log_date BETWEEN $first_day AND $last_day
  );

DELETE FROM songplays
WHERE
  songplays.log_date BETWEEN $first_day AND $last_day;

DELETE FROM songplays USING   affected_songplays
WHERE
  songplays.session_id = affected_songplays.session_id
  AND songplays.item_in_session = affected_songplays.item_in_session;

INSERT INTO songplays (
  start_time,
  user_id,
  level,
  song_id,
  artist_id,
  session_id,
  location,
  user_agent,
  item_in_session,
  played_title,
  played_artist,
  played_seconds,
  log_date
)
WITH counted AS (
  SELECT
    plays.*
  FROM plays
  LEFT JOIN affected_songplays
    ON plays.session_id = affected_songplays.session_id
    AND plays.item_in_session = affected_songplays.item_in_session
  WHERE
    plays.log_date BETWEEN $first_day AND $last_day
    AND affected_songplays.session_id IS NULL
  UNION ALL
  SELECT
    start_time,
    user_id,
    level,
    session_id,
    item_in_session,
    title,
    artist,
    matched_title,
    matched_artist,
    seconds,
    location,
    user_agent,
    log_date
  FROM affected_lines
  WHERE
    line_rank = 1
)
SELECT
  counted.start_time,
  counted.user_id,
  counted.level,
  song_matches.song_id,
  song_matches.artist_id,
  counted.session_id,
  counted.location,
  counted.user_agent,
  counted.item_in_session,
  counted.title AS played_title,
  counted.artist AS played_artist,
  CASE
    WHEN counted.seconds >= 0 AND counted.seconds <= 86400
    THEN CAST(FLOOR(counted.seconds + 0.5) AS INT)
  END AS played_seconds,
  counted.log_date
FROM counted
LEFT JOIN song_matches
  ON counted.matched_title = song_matches.title
  AND counted.matched_artist = song_matches.artist
  AND COALESCE(counted.seconds, -1) = song_matches.seconds;
