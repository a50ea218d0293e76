SELECT
  sums.part,
  months.plays AS plays_of_months,
  COALESCE(sums.plays, 0) AS plays_here,
  CASE WHEN NOT sums.seconds IS NULL THEN months.seconds END AS seconds_of_months,
  sums.seconds AS seconds_here
FROM (
  SELECT
    COALESCE(SUM(plays), 0) AS plays,
    COALESCE(SUM(CAST(NULL AS BIGINT)), 0) AS seconds
  FROM listener_months
  WHERE
    NOT play_month IS NULL AND 1 = 1
) AS months
LEFT JOIN (
  SELECT
    CAST('all' AS TEXT(3)) AS part,
    SUM(plays) AS plays,
    SUM(CAST(NULL AS BIGINT)) AS seconds
  FROM active_listeners
  WHERE
    1 = 1
  GROUP BY
    1
) AS sums
  ON 1 = 1
WHERE
  COALESCE(sums.plays, 0) <> months.plays OR sums.seconds <> months.seconds;

SELECT
  SUM(plays) AS plays,
  COUNT(DISTINCT CAST('all' AS TEXT(3))) AS parts
FROM active_listeners
WHERE
  1 = 1;
