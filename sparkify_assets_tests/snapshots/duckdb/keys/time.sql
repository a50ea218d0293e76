SELECT
  start_time,
  hour,
  day,
  week,
  month,
  year,
  weekday
FROM time
WHERE
  (
    start_time IS NULL
    OR hour IS NULL
    OR day IS NULL
    OR week IS NULL
    OR month IS NULL
    OR year IS NULL
    OR weekday IS NULL
  )
  AND time.start_time >= $first_day
  AND time.start_time < (
    CAST($last_day AS TIMESTAMP) + INTERVAL 1 DAY
  );

SELECT
  start_time,
  COUNT(*) AS copies
FROM time
WHERE
  1 = 1
  AND time.start_time >= $first_day
  AND time.start_time < (
    CAST($last_day AS TIMESTAMP) + INTERVAL 1 DAY
  )
GROUP BY
  start_time
HAVING
  COUNT(*) > 1
UNION ALL
SELECT
  others.start_time,
  2 AS copies
FROM time AS others
INNER JOIN (
  SELECT
    start_time
  FROM time
  WHERE
    start_time >= $first_day
    AND start_time < (
      CAST($last_day AS TIMESTAMP) + INTERVAL 1 DAY
    )
) AS changed
  ON others.start_time = changed.start_time
WHERE
  NOT (
    others.start_time >= $first_day
    AND others.start_time < (
      CAST($last_day AS TIMESTAMP) + INTERVAL 1 DAY
    )
  );
