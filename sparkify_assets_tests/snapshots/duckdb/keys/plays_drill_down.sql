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
FROM (
  SELECT
    GREATEST(depth, depth) AS depth,
    GREATEST(level, level) AS level,
    GREATEST(gender, gender) AS gender,
    GREATEST(region, region) AS region
  FROM plays_drill_down AS declared
) AS written
GROUP BY
  depth,
  level,
  gender,
  region
HAVING
  COUNT(*) > 1;
