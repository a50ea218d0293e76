SELECT
  sums.part,
  months.plays AS plays_of_months,
  COALESCE(sums.plays, 0) AS plays_here,
  CASE WHEN NOT sums.seconds IS NULL THEN months.seconds END AS seconds_of_months,
  sums.seconds AS seconds_here
FROM (
  SELECT
    COALESCE(SUM(plays), 0) AS plays,
    COALESCE(SUM(seconds), 0) AS seconds
  FROM plays_cube
  WHERE
    NOT play_month IS NULL AND dimensions = 'month'
) AS months
LEFT JOIN (
  SELECT
    dimensions AS part,
    SUM(plays) AS plays,
    SUM(seconds) AS seconds
  FROM plays_cube
  WHERE
    play_month IS NULL
  GROUP BY
    1
) AS sums
  ON 1 = 1
WHERE
  COALESCE(sums.plays, 0) <> months.plays OR sums.seconds <> months.seconds;

SELECT
  SUM(plays) AS plays,
  COUNT(DISTINCT dimensions) AS parts
FROM plays_cube
WHERE
  play_month IS NULL;
