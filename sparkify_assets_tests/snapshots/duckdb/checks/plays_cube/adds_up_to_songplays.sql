SELECT
  sums.part,
  fact.plays AS plays_in_songplays,
  COALESCE(sums.plays, 0) AS plays_here,
  fact.seconds AS seconds_in_songplays,
  sums.seconds AS seconds_here
FROM (
  SELECT
    COUNT(*) AS plays,
    COALESCE(SUM(played_seconds), 0) AS seconds
  FROM songplays
  WHERE
    1 = 1
) AS fact
LEFT JOIN (
  SELECT
    dimensions AS part,
    SUM(plays) AS plays,
    SUM(seconds) AS seconds
  FROM plays_cube
  GROUP BY
    1
) AS sums
  ON 1 = 1
WHERE
  COALESCE(sums.plays, 0) <> fact.plays OR sums.seconds <> fact.seconds;

SELECT
  (
    SELECT
      COUNT(*)
    FROM songplays
    WHERE
      1 = 1
  ) AS plays_in_songplays,
  (
    SELECT
      COUNT(DISTINCT dimensions)
    FROM plays_cube
  ) AS parts;
