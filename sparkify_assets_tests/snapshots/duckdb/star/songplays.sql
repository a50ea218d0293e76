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

DROP TABLE IF EXISTS held_songs;

CREATE TEMPORARY TABLE held_songs AS
SELECT
  songs.song_id,
  songs.artist_id,
  songs.title,
  songs.artist_name,
  songs.duration
FROM songs
WHERE
  songs.song_id IN (
    SELECT
      staging_songs.song_id
    FROM staging_songs
  );

DROP TABLE IF EXISTS changed_titles;

CREATE TEMPORARY TABLE changed_titles AS
SELECT DISTINCT
  RTRIM(title, ' ') AS title,
  RTRIM(artist_name, ' ') AS artist_name
FROM (
  (
    SELECT
      song_id,
      artist_id,
      title,
      artist_name,
      duration
    FROM held_songs
    EXCEPT
    SELECT
      song_id,
      artist_id,
      title,
      artist_name,
      duration
    FROM matched_songs
  )
  UNION ALL
  (
    SELECT
      song_id,
      artist_id,
      title,
      artist_name,
      duration
    FROM matched_songs
    EXCEPT
    SELECT
      song_id,
      artist_id,
      title,
      artist_name,
      duration
    FROM held_songs
  )
) AS changes;

DROP TABLE IF EXISTS contested_plays;

CREATE TEMPORARY TABLE contested_plays AS
SELECT
  sessionId AS session_id,
  itemInSession AS item_in_session
FROM staging_events
WHERE
  page = 'NextSong' AND log_date BETWEEN $first_day AND $last_day
GROUP BY
  sessionId,
  itemInSession
HAVING
  COUNT(*) > 1
UNION
SELECT
  songplays.session_id,
  songplays.item_in_session
FROM songplays
INNER JOIN staging_events AS events
  ON songplays.session_id = events.sessionId
  AND songplays.item_in_session = events.itemInSession
WHERE
  events.page = 'NextSong'
  AND events.log_date BETWEEN $first_day AND $last_day
  AND NOT songplays.log_date BETWEEN $first_day AND $last_day
UNION
SELECT
  songplays.session_id,
  songplays.item_in_session
FROM songplays
INNER JOIN staging_events AS events
  ON songplays.session_id = events.sessionId
  AND songplays.item_in_session = events.itemInSession
WHERE
  songplays.log_date BETWEEN $first_day AND $last_day
  AND events.page = 'NextSong'
  AND NOT events.log_date BETWEEN $first_day AND $last_day
UNION
SELECT
  events.sessionId AS session_id,
  events.itemInSession AS item_in_session
FROM staging_events AS events
INNER JOIN changed_titles
  ON RTRIM(events.song, ' ') = changed_titles.title
  AND RTRIM(events.artist, ' ') = changed_titles.artist_name
WHERE
  events.page = 'NextSong' AND NOT events.log_date BETWEEN $first_day AND $last_day;

DROP TABLE IF EXISTS contested_events;

CREATE TEMPORARY TABLE contested_events AS
SELECT
  events.*,
  ROW_NUMBER() OVER (
    PARTITION BY events.sessionId, events.itemInSession
    ORDER BY events.ts ASC, events.userId ASC, events.level ASC, events.song ASC, events.artist ASC, events.length ASC, events.location ASC, events.userAgent ASC, events.log_date ASC
  ) AS place
FROM staging_events AS events
INNER JOIN contested_plays
  ON events.sessionId = contested_plays.session_id
  AND events.itemInSession = contested_plays.item_in_session
WHERE
  events.page = 'NextSong';

DROP TABLE IF EXISTS song_matches;

CREATE TEMPORARY TABLE song_matches AS
SELECT
  title,
  artist_name,
  length,
  song_id,
  artist_id
FROM (
  SELECT
    played.title,
    played.artist_name,
    played.length,
    held_songs.song_id,
    held_songs.artist_id,
    ROW_NUMBER() OVER (
      PARTITION BY played.title, played.artist_name, played.length
      ORDER BY ABS(held_songs.duration - NULLIF(played.length, -1)) ASC, held_songs.song_id ASC
    ) AS place
  FROM (
    SELECT
      RTRIM(song, ' ') AS title,
      RTRIM(artist, ' ') AS artist_name,
      COALESCE(length, -1) AS length
    FROM staging_events
    WHERE
      page = 'NextSong' AND log_date BETWEEN $first_day AND $last_day
    UNION
    SELECT
      RTRIM(song, ' ') AS title,
      RTRIM(artist, ' ') AS artist_name,
      COALESCE(length, -1) AS length
    FROM contested_events
  ) AS played
  INNER JOIN held_songs
    ON played.title = RTRIM(held_songs.title, ' ')
    AND played.artist_name = RTRIM(held_songs.artist_name, ' ')
) AS candidates
WHERE
  place = 1;

INSERT INTO unplayed_times (
  start_time
)
SELECT
  songplays.start_time
FROM songplays
LEFT JOIN staging_events AS events
  ON songplays.session_id = events.sessionId
  AND songplays.item_in_session = events.itemInSession
  AND events.page = 'NextSong'
  AND events.log_date BETWEEN $first_day AND $last_day
  AND songplays.start_time = (
    CAST(CAST('1970-01-01' AS TIMESTAMP) + INTERVAL (CAST((
      events.ts - events.ts % 86400000
    ) / 86400000 AS INT)) DAY AS TIMESTAMP) + INTERVAL (CAST(events.ts % 86400000 AS INT)) MILLISECOND
  )
WHERE
  songplays.log_date BETWEEN $first_day AND $last_day AND events.sessionId IS NULL;

INSERT INTO unplayed_times (
  start_time
)
SELECT
  songplays.start_time
FROM songplays
INNER JOIN contested_plays
  ON songplays.session_id = contested_plays.session_id
  AND songplays.item_in_session = contested_plays.item_in_session;

DELETE FROM songplays
WHERE
  log_date BETWEEN $first_day AND $last_day;

DELETE FROM songplays USING   contested_plays
WHERE
  songplays.session_id = contested_plays.session_id
  AND songplays.item_in_session = contested_plays.item_in_session;

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
SELECT
  CAST(CAST('1970-01-01' AS TIMESTAMP) + INTERVAL (CAST((
    plays.ts - plays.ts % 86400000
  ) / 86400000 AS INT)) DAY AS TIMESTAMP) + INTERVAL (CAST(plays.ts % 86400000 AS INT)) MILLISECOND AS start_time,
  plays.userId AS user_id,
  plays.level,
  song_matches.song_id,
  song_matches.artist_id,
  plays.sessionId AS session_id,
  plays.location,
  plays.userAgent AS user_agent,
  plays.itemInSession AS item_in_session,
  plays.song AS played_title,
  plays.artist AS played_artist,
  CASE
    WHEN plays.length >= 0 AND plays.length <= 86400
    THEN CAST(FLOOR(plays.length + 0.5) AS INT)
  END AS played_seconds,
  plays.log_date
FROM (
  SELECT
    events.ts,
    events.userId,
    events.level,
    events.song,
    events.artist,
    events.length,
    events.sessionId,
    events.itemInSession,
    events.location,
    events.userAgent,
    events.log_date
  FROM staging_events AS events
  LEFT JOIN contested_plays
    ON events.sessionId = contested_plays.session_id
    AND events.itemInSession = contested_plays.item_in_session
  WHERE
    events.page = 'NextSong'
    AND events.log_date BETWEEN $first_day AND $last_day
    AND contested_plays.session_id IS NULL
  UNION ALL
  SELECT
    ts,
    userId,
    level,
    song,
    artist,
    length,
    sessionId,
    itemInSession,
    location,
    userAgent,
    log_date
  FROM contested_events
  WHERE
    place = 1
) AS plays
LEFT JOIN song_matches
  ON RTRIM(plays.song, ' ') = song_matches.title
  AND RTRIM(plays.artist, ' ') = song_matches.artist_name
  AND COALESCE(plays.length, -1) = song_matches.length;

DELETE FROM matched_songs;

INSERT INTO matched_songs (
  song_id,
  artist_id,
  title,
  artist_name,
  duration
)
SELECT
  song_id,
  artist_id,
  title,
  artist_name,
  duration
FROM held_songs;
