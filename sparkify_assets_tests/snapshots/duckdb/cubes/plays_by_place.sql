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
SELECT
  CASE all_states + all_cities WHEN 0 THEN 'city' WHEN 1 THEN 'state' ELSE 'all' END AS place_level,
  state,
  city,
  plays,
  seconds,
  listeners
FROM (
  SELECT
    state,
    city,
    GROUPING(state) AS all_states,
    GROUPING(city) AS all_cities,
    COUNT(*) AS plays,
    COALESCE(SUM(played_seconds), 0) AS seconds,
    COUNT(DISTINCT user_id) AS listeners
  FROM (
    SELECT
      NULLIF(RTRIM(SPLIT_PART(SPLIT_PART(location, ', ', 2), '-', 1), ' '), '') AS state,
      NULLIF(RTRIM(SPLIT_PART(location, ', ', 1), ' '), '') AS city,
      user_id,
      played_seconds
    FROM songplays
  ) AS placed
  GROUP BY
    ROLLUP (
      state,
      city
    )
) AS added_up;
