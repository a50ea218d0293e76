CREATE TABLE IF NOT EXISTS plays_by_place (
  place_level TEXT(5) NOT NULL,
  state TEXT(1024),
  city TEXT(1024),
  plays BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  listeners BIGINT NOT NULL
);

DELETE FROM plays_by_place;

INSERT INTO plays_by_place (
  place_level,
  state,
  city,
  plays,
  seconds,
  listeners
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
), added_up AS (
  SELECT
    region AS state,
    city,
    GROUPING(region) + GROUPING(city) AS levels_above,
    COUNT(*) AS plays,
    COALESCE(SUM(played_seconds), 0) AS seconds,
    COUNT(DISTINCT user_id) AS listeners
  FROM placed_plays
  GROUP BY
    ROLLUP (
      region,
      city
    )
)
SELECT
  CASE levels_above WHEN 0 THEN 'city' WHEN 1 THEN 'state' ELSE 'all' END AS place_level,
  state,
  city,
  plays,
  seconds,
  listeners
FROM added_up;
