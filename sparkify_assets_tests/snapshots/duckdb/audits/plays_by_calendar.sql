SELECT
  COUNT(*)
FROM (
  SELECT
    calendar_level,
    first_day,
    days,
    plays,
    seconds
  FROM plays_by_calendar AS written
  WHERE
    calendar_level IS NULL
    OR first_day IS NULL
    OR days IS NULL
    OR plays IS NULL
    OR seconds IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    calendar_level,
    first_day,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(calendar_level, calendar_level) AS calendar_level,
      GREATEST(first_day, first_day) AS first_day
    FROM plays_by_calendar AS declared
  ) AS written
  GROUP BY
    calendar_level,
    first_day
  HAVING
    COUNT(*) > 1
) AS broken;
