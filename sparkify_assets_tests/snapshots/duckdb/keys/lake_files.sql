SELECT
  table_name,
  source_file,
  size_bytes,
  version,
  record_count
FROM lake_files AS written
WHERE
  table_name IS NULL
  OR source_file IS NULL
  OR size_bytes IS NULL
  OR version IS NULL
  OR record_count IS NULL;

SELECT
  table_name,
  source_file,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(table_name, table_name) AS table_name,
    GREATEST(source_file, source_file) AS source_file
  FROM lake_files AS declared
) AS written
GROUP BY
  table_name,
  source_file
HAVING
  COUNT(*) > 1;
