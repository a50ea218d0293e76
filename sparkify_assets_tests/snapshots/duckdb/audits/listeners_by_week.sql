SELECT
  COUNT(*)
FROM (
  SELECT
    week_start,
    plays,
    listeners
  FROM (
    SELECT
      listeners_by_week.week_start,
      listeners_by_week.plays,
      listeners_by_week.listeners
    FROM listeners_by_week
    WHERE
      listeners_by_week.week_start BETWEEN $first_day AND $last_day
      AND listeners_by_week.week_start IN (
        SELECT
          week_start
        FROM changed_days
      )
  ) AS written
  WHERE
    week_start IS NULL OR plays IS NULL OR listeners IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    week_start,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(week_start, week_start) AS week_start
    FROM (
      SELECT
        week_start
      FROM listeners_by_week
      WHERE
        listeners_by_week.week_start BETWEEN $first_day AND $last_day
        AND listeners_by_week.week_start IN (
          SELECT
            week_start
          FROM changed_days
        )
    ) AS declared
  ) AS written
  GROUP BY
    week_start
  HAVING
    COUNT(*) > 1
) AS broken;
