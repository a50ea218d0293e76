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
  (
    SELECT
      COUNT(*)
    FROM time
    WHERE
      start_time IN (
        SELECT
          start_time
        FROM new_time
      )
  ) - (
    SELECT
      COUNT(DISTINCT start_time)
    FROM new_time
  ) AS broken;
