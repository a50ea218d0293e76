SELECT
  table_name,
  made_by
FROM made_tables AS written
WHERE
  table_name IS NULL OR made_by IS NULL;

SELECT
  table_name,
  COUNT(*) AS copies
FROM made_tables AS written
GROUP BY
  table_name
HAVING
  COUNT(*) > 1;
