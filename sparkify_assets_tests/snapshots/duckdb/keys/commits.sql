SELECT
  token,
  committed_at
FROM commits AS written
WHERE
  token IS NULL OR committed_at IS NULL;

SELECT
  token,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(token, token) AS token
  FROM commits AS declared
) AS written
GROUP BY
  token
HAVING
  COUNT(*) > 1;
