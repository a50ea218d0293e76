SELECT
  artist_id,
  name
FROM artists
WHERE
  (
    artist_id IS NULL OR name IS NULL
  );

SELECT
  artist_id,
  COUNT(*) AS copies
FROM artists
WHERE
  1 = 1
GROUP BY
  artist_id
HAVING
  COUNT(*) > 1;
