CREATE TABLE IF NOT EXISTS listening_by_demographic (
  rank INT NOT NULL,
  gender TEXT(1),
  level TEXT(16),
  region TEXT(1024),
  plays BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  sessions BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  plays_per_listener DOUBLE
);

DELETE FROM listening_by_demographic;

INSERT INTO listening_by_demographic (
  rank,
  gender,
  level,
  region,
  plays,
  listeners,
  sessions,
  seconds,
  plays_per_listener
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
), demographics AS (
  SELECT
    users.gender,
    placed_plays.level,
    placed_plays.region,
    COUNT(*) AS plays,
    COUNT(DISTINCT placed_plays.user_id) AS listeners,
    COUNT(DISTINCT placed_plays.session_id) AS sessions,
    COALESCE(SUM(placed_plays.played_seconds), 0) AS seconds
  FROM placed_plays
  LEFT JOIN users
    ON placed_plays.user_id = users.user_id
  GROUP BY
    users.gender,
    placed_plays.level,
    placed_plays.region
)
SELECT
  ROW_NUMBER() OVER (
    ORDER BY plays DESC NULLS FIRST, listeners DESC NULLS FIRST, gender ASC, level ASC, region ASC
  ) AS rank,
  gender,
  level,
  region,
  plays,
  listeners,
  sessions,
  seconds,
  FLOOR(CAST(plays AS DOUBLE) / NULLIF(listeners, 0) * 100 + 0.5) / 100 AS plays_per_listener
FROM demographics;
