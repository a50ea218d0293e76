SELECT
  token,
  committed_at
FROM commits
WHERE
  (
    token IS NULL OR committed_at IS NULL
  );

SELECT
  token,
  COUNT(*) AS copies
FROM commits
WHERE
  1 = 1
GROUP BY
  token
HAVING
  COUNT(*) > 1;
