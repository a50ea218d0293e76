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
FROM listener_months AS written
GROUP BY
  play_month,
  user_id,
  level,
  region,
  city
HAVING
  COUNT(*) > 1;
