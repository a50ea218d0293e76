SELECT
  sums.calendar_level,
  sums.plays AS plays_here,
  fact.plays AS plays_in_songplays,
  sums.seconds AS seconds_here,
  fact.seconds AS seconds_in_songplays
FROM (
  SELECT
    calendar_level,
    SUM(plays) AS plays,
    SUM(seconds) AS seconds
  FROM plays_by_calendar
  GROUP BY
    calendar_level
) AS sums
CROSS JOIN (
  SELECT
    COUNT(*) AS plays,
    COALESCE(SUM(played_seconds), 0) AS seconds
  FROM songplays
) AS fact
WHERE
  sums.plays <> fact.plays OR sums.seconds <> fact.seconds;

SELECT
  (
    SELECT
      COUNT(DISTINCT calendar_level)
    FROM plays_by_calendar
  ) AS levels,
  (
    SELECT
      COUNT(*)
    FROM songplays
  ) AS plays_in_songplays;
