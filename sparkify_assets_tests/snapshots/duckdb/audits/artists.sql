SELECT
  COUNT(*)
FROM (
  SELECT
    artist_id,
    name
  FROM artists AS written
  WHERE
    artist_id IS NULL OR name IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    artist_id,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(artist_id, artist_id) AS artist_id
    FROM artists AS declared
  ) AS written
  GROUP BY
    artist_id
  HAVING
    COUNT(*) > 1
) AS broken;
