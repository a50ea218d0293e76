SELECT
  answer.plays AS plays_here,
  fact.plays AS plays_in_songplays
FROM (
  SELECT
    COALESCE(SUM(plays), 0) AS plays
  FROM listening_by_demographic
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
    FROM listening_by_demographic
  ) AS plays_here,
  (
    SELECT
      COUNT(*)
    FROM songplays
  ) AS plays_in_songplays;
