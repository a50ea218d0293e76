SELECT
  sums.depth,
  sums.plays AS plays_here,
  fact.plays AS plays_in_songplays,
  sums.seconds AS seconds_here,
  fact.seconds AS seconds_in_songplays
FROM (
  SELECT
    depth,
    SUM(plays) AS plays,
    SUM(seconds) AS seconds
  FROM plays_drill_down
  GROUP BY
    depth
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
      COUNT(DISTINCT depth)
    FROM plays_drill_down
  ) AS depths,
  (
    SELECT
      COUNT(*)
    FROM songplays
  ) AS plays_in_songplays;
