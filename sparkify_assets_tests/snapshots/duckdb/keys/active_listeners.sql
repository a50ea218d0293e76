SELECT
  play_date,
  plays,
  daily_listeners,
  weekly_listeners,
  monthly_listeners
FROM active_listeners AS written
WHERE
  play_date IS NULL
  OR plays IS NULL
  OR daily_listeners IS NULL
  OR weekly_listeners IS NULL
  OR monthly_listeners IS NULL;

SELECT
  play_date,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(play_date, play_date) AS play_date
  FROM active_listeners AS declared
) AS written
GROUP BY
  play_date
HAVING
  COUNT(*) > 1;
