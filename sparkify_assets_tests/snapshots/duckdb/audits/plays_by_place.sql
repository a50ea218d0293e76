SELECT
  COUNT(*)
FROM (
  SELECT
    place_level,
    plays,
    seconds,
    listeners
  FROM plays_by_place AS written
  WHERE
    place_level IS NULL OR plays IS NULL OR seconds IS NULL OR listeners IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    place_level,
    state,
    city,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(place_level, place_level) AS place_level,
      GREATEST(state, state) AS state,
      GREATEST(city, city) AS city
    FROM plays_by_place AS declared
  ) AS written
  GROUP BY
    place_level,
    state,
    city
  HAVING
    COUNT(*) > 1
) AS broken;
