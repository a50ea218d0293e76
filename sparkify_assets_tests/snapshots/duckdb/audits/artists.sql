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
  FROM artists AS written
  GROUP BY
    artist_id
  HAVING
    COUNT(*) > 1
) AS broken;
