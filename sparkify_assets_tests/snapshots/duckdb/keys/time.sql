SELECT
  start_time,
  hour,
  day,
  week,
  month,
  year,
  weekday
FROM time AS written
WHERE
  start_time IS NULL
  OR hour IS NULL
  OR day IS NULL
  OR week IS NULL
  OR month IS NULL
  OR year IS NULL
  OR weekday IS NULL;

SELECT
  start_time,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(start_time, start_time) AS start_time
  FROM time AS declared
) AS written
GROUP BY
  start_time
HAVING
  COUNT(*) > 1;
