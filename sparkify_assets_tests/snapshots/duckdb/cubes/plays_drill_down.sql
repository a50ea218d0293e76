CREATE TABLE IF NOT EXISTS plays_drill_down (
  depth INT NOT NULL,
  level TEXT(16),
  gender TEXT(1),
  region TEXT(1024),
  plays BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  share_of_parent DOUBLE
);

DELETE FROM plays_drill_down;

INSERT INTO plays_drill_down (
  depth,
  level,
  gender,
  region,
  plays,
  seconds,
  listeners,
  share_of_parent
)
WITH steps AS (
  SELECT
    3 - all_levels - all_genders - all_regions AS depth,
    level,
    gender,
    region,
    plays,
    seconds,
    listeners
  FROM plays_cube
  WHERE
    play_month IS NULL
    AND dimensions IN ('total', 'level', 'level gender', 'level gender region')
)
SELECT
  depth,
  level,
  gender,
  region,
  plays,
  seconds,
  listeners,
  CAST(plays AS DOUBLE) / NULLIF(
    SUM(plays) OVER (
      PARTITION BY depth, CASE WHEN depth > 1 THEN level END, CASE WHEN depth > 2 THEN gender END
    ),
    0
  ) AS share_of_parent
FROM steps;
