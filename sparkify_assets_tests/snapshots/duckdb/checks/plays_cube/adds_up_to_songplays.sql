SELECT
  sums.dimensions,
  sums.plays AS plays_here,
  fact.plays AS plays_in_songplays,
  sums.seconds AS seconds_here,
  fact.seconds AS seconds_in_songplays
FROM (
  SELECT
    dimensions,
    SUM(plays) AS plays,
    SUM(seconds) AS seconds
  FROM plays_cube
  GROUP BY
    dimensions
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
      COUNT(DISTINCT dimensions)
    FROM plays_cube
  ) AS grouping_sets,
  (
    SELECT
      COUNT(*)
    FROM songplays
  ) AS plays_in_songplays;
