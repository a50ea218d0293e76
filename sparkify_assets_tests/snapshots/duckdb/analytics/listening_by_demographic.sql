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
FROM (
  SELECT
    gender,
    level,
    region,
    COUNT(*) AS plays,
    COUNT(DISTINCT user_id) AS listeners,
    COUNT(DISTINCT session_id) AS sessions,
    COALESCE(SUM(played_seconds), 0) AS seconds
  FROM (
    SELECT
      users.gender,
      songplays.level,
      NULLIF(RTRIM(SPLIT_PART(SPLIT_PART(songplays.location, ', ', 2), '-', 1), ' '), '') AS region,
      songplays.user_id,
      songplays.session_id,
      songplays.played_seconds
    FROM songplays
    LEFT JOIN users
      ON songplays.user_id = users.user_id
  ) AS played
  GROUP BY
    gender,
    level,
    region
) AS demographics;
