SELECT
  play_month,
  plays,
  seconds
FROM listener_months AS written
WHERE
  play_month IS NULL OR plays IS NULL OR seconds IS NULL;

SELECT
  play_month,
  user_id,
  level,
  region,
  city,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(play_month, play_month) AS play_month,
    GREATEST(user_id, user_id) AS user_id,
    GREATEST(level, level) AS level,
    GREATEST(region, region) AS region,
    GREATEST(city, city) AS city
  FROM listener_months AS declared
) AS written
GROUP BY
  play_month,
  user_id,
  level,
  region,
  city
HAVING
  COUNT(*) > 1;
