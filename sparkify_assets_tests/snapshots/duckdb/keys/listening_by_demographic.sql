SELECT
  rank,
  plays,
  listeners,
  sessions,
  seconds
FROM listening_by_demographic AS written
WHERE
  rank IS NULL
  OR plays IS NULL
  OR listeners IS NULL
  OR sessions IS NULL
  OR seconds IS NULL;

SELECT
  gender,
  level,
  region,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(gender, gender) AS gender,
    GREATEST(level, level) AS level,
    GREATEST(region, region) AS region
  FROM listening_by_demographic AS declared
) AS written
GROUP BY
  gender,
  level,
  region
HAVING
  COUNT(*) > 1;

SELECT
  rank,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(rank, rank) AS rank
  FROM listening_by_demographic AS declared
) AS written
GROUP BY
  rank
HAVING
  COUNT(*) > 1;
