SELECT
  rank,
  weekday_number,
  weekday,
  hour,
  plays,
  listeners,
  days,
  plays_per_day
FROM peak_hours AS written
WHERE
  rank IS NULL
  OR weekday_number IS NULL
  OR weekday IS NULL
  OR hour IS NULL
  OR plays IS NULL
  OR listeners IS NULL
  OR days IS NULL
  OR plays_per_day IS NULL;

SELECT
  weekday_number,
  hour,
  COUNT(*) AS copies
FROM peak_hours AS written
GROUP BY
  weekday_number,
  hour
HAVING
  COUNT(*) > 1;

SELECT
  rank,
  COUNT(*) AS copies
FROM peak_hours AS written
GROUP BY
  rank
HAVING
  COUNT(*) > 1;
