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
WITH added_up AS (
  SELECT
    region AS state,
    city,
    GROUPING(region) + GROUPING(city) AS levels_above,
    COALESCE(SUM(plays), 0) AS plays,
    COALESCE(SUM(seconds), 0) AS seconds,
    COUNT(DISTINCT user_id) AS listeners
  FROM listener_months
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
