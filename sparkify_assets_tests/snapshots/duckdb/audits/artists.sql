SELECT
  COUNT(*)
FROM (
  SELECT
    artist_id,
    name
  FROM new_artists AS written
  WHERE
    artist_id IS NULL OR name IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    artists.artist_id,
    COUNT(*) AS copies
  FROM artists
  INNER JOIN (
    SELECT DISTINCT
      artist_id
    FROM new_artists AS affected
  ) AS written
    ON artists.artist_id = written.artist_id
  GROUP BY
    artists.artist_id
  HAVING
    COUNT(*) > 1
) AS broken;
