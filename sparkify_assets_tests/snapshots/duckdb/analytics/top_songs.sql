CREATE TABLE IF NOT EXISTS top_songs (
  rank INT NOT NULL,
  title TEXT(1024),
  artist TEXT(1024),
  plays BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  matched_plays BIGINT NOT NULL
);

DELETE FROM top_songs;

INSERT INTO top_songs (
  rank,
  title,
  artist,
  plays,
  listeners,
  matched_plays
)
WITH placed_plays AS (
  SELECT
    start_time,
    user_id,
    session_id,
    song_id,
    level,
    NULLIF(RTRIM(SPLIT_PART(location, ', ', 1), ' '), '') AS city,
    NULLIF(RTRIM(SPLIT_PART(SPLIT_PART(location, ', ', 2), '-', 1), ' '), '') AS region,
    RTRIM(played_title, ' ') AS title,
    RTRIM(played_artist, ' ') AS artist,
    played_seconds
  FROM songplays
), songs_played AS (
  SELECT
    title,
    artist,
    COUNT(*) AS plays,
    COUNT(DISTINCT user_id) AS listeners,
    COUNT(song_id) AS matched_plays
  FROM placed_plays
  GROUP BY
    title,
    artist
)
SELECT
  ROW_NUMBER() OVER (
    ORDER BY plays DESC NULLS FIRST, listeners DESC NULLS FIRST, title ASC, artist ASC
  ) AS rank,
  title,
  artist,
  plays,
  listeners,
  matched_plays
FROM songs_played;
