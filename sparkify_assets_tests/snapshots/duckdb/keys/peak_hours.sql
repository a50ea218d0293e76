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
FROM (
  SELECT
    GREATEST(weekday_number, weekday_number) AS weekday_number,
    GREATEST(hour, hour) AS hour
  FROM peak_hours AS declared
) AS written
GROUP BY
  weekday_number,
  hour
HAVING
  COUNT(*) > 1;

SELECT
  rank,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(rank, rank) AS rank
  FROM peak_hours AS declared
) AS written
GROUP BY
  rank
HAVING
  COUNT(*) > 1;
