SELECT
  rank,
  plays,
  listeners,
  seconds
FROM listening_by_demographic AS written
WHERE
  rank IS NULL OR plays IS NULL OR listeners IS NULL OR seconds IS NULL;

SELECT
  play_month,
  rank,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(play_month, play_month) AS play_month,
    GREATEST(rank, rank) AS rank
  FROM listening_by_demographic AS declared
) AS written
GROUP BY
  play_month,
  rank
HAVING
  COUNT(*) > 1;

SELECT
  play_month,
  gender,
  level,
  region,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(play_month, play_month) AS play_month,
    GREATEST(gender, gender) AS gender,
    GREATEST(level, level) AS level,
    GREATEST(region, region) AS region
  FROM listening_by_demographic AS declared
) AS written
GROUP BY
  play_month,
  gender,
  level,
  region
HAVING
  COUNT(*) > 1;
