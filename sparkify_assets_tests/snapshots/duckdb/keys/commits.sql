SELECT
  token,
  committed_at
FROM commits AS written
WHERE
  token IS NULL OR committed_at IS NULL;

SELECT
  token,
  COUNT(*) AS copies
FROM commits AS written
GROUP BY
  token
HAVING
  COUNT(*) > 1;
