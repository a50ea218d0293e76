SELECT
  COUNT(*)
FROM (
  SELECT
    start_time,
    hour,
    day,
    week,
    month,
    year,
    weekday
  FROM new_time AS written
  WHERE
    start_time IS NULL
    OR hour IS NULL
    OR day IS NULL
    OR week IS NULL
    OR month IS NULL
    OR year IS NULL
    OR weekday IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    time.start_time,
    COUNT(*) AS copies
  FROM time
  INNER JOIN (
    SELECT DISTINCT
      start_time
    FROM new_time AS affected
  ) AS written
    ON time.start_time = written.start_time
  GROUP BY
    time.start_time
  HAVING
    COUNT(*) > 1
) AS broken;
