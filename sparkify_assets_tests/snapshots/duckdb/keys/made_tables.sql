SELECT
  table_name,
  made_by
FROM made_tables AS written
WHERE
  table_name IS NULL OR made_by IS NULL;

SELECT
  table_name,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(table_name, table_name) AS table_name
  FROM made_tables AS declared
) AS written
GROUP BY
  table_name
HAVING
  COUNT(*) > 1;
