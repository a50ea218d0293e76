SELECT
  answer.plays AS plays_here,
  fact.plays AS plays_in_songplays
FROM (
  SELECT
    COALESCE(SUM(plays), 0) AS plays
  FROM peak_hours
) AS answer
CROSS JOIN (
  SELECT
    COUNT(*) AS plays
  FROM songplays
) AS fact
WHERE
  answer.plays <> fact.plays;

SELECT
  (
    SELECT
      COALESCE(SUM(plays), 0)
    FROM peak_hours
  ) AS plays_here,
  (
    SELECT
      COUNT(*)
    FROM songplays
  ) AS plays_in_songplays;
