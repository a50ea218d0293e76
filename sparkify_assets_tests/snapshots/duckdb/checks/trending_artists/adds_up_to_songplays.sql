SELECT
  answer.plays AS plays_here,
  fact.plays AS plays_in_songplays
FROM (
  SELECT
    COALESCE(SUM(plays), 0) AS plays
  FROM trending_artists
) AS answer
CROSS JOIN (
  SELECT
    COUNT(played_artist) AS plays
  FROM songplays
) AS fact
WHERE
  answer.plays <> fact.plays;

SELECT
  (
    SELECT
      COALESCE(SUM(plays), 0)
    FROM trending_artists
  ) AS plays_here,
  (
    SELECT
      COUNT(played_artist)
    FROM songplays
  ) AS plays_in_songplays;
