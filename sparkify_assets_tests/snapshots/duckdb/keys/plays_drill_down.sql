SELECT
  depth,
  plays,
  seconds,
  listeners
FROM plays_drill_down AS written
WHERE
  depth IS NULL OR plays IS NULL OR seconds IS NULL OR listeners IS NULL;

SELECT
  depth,
  level,
  gender,
  region,
  COUNT(*) AS copies
FROM plays_drill_down AS written
GROUP BY
  depth,
  level,
  gender,
  region
HAVING
  COUNT(*) > 1;
