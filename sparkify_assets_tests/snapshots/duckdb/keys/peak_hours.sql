SELECT
  rank,
  weekday_number,
  weekday,
  hour,
  plays,
  days,
  plays_per_day
FROM peak_hours AS written
WHERE
  rank IS NULL
  OR weekday_number IS NULL
  OR weekday IS NULL
  OR hour IS NULL
  OR plays IS NULL
  OR days IS NULL
  OR plays_per_day IS NULL;

SELECT
  play_month,
  rank,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(play_month, play_month) AS play_month,
    GREATEST(rank, rank) AS rank
  FROM peak_hours AS declared
) AS written
GROUP BY
  play_month,
  rank
HAVING
  COUNT(*) > 1;

SELECT
  play_month,
  weekday_number,
  hour,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(play_month, play_month) AS play_month,
    GREATEST(weekday_number, weekday_number) AS weekday_number,
    GREATEST(hour, hour) AS hour
  FROM peak_hours AS declared
) AS written
GROUP BY
  play_month,
  weekday_number,
  hour
HAVING
  COUNT(*) > 1;
