SELECT
  week_start,
  plays,
  listeners
FROM listeners_by_week AS written
WHERE
  week_start IS NULL OR plays IS NULL OR listeners IS NULL;

SELECT
  week_start,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(week_start, week_start) AS week_start
  FROM listeners_by_week AS declared
) AS written
GROUP BY
  week_start
HAVING
  COUNT(*) > 1;
