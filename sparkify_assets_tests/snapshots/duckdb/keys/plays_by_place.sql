SELECT
  place_level,
  plays,
  seconds,
  listeners
FROM plays_by_place AS written
WHERE
  place_level IS NULL OR plays IS NULL OR seconds IS NULL OR listeners IS NULL;

SELECT
  place_level,
  state,
  city,
  COUNT(*) AS copies
FROM plays_by_place AS written
GROUP BY
  place_level,
  state,
  city
HAVING
  COUNT(*) > 1;
