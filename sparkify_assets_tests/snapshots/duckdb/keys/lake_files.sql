SELECT
  table_name,
  source_file,
  size_bytes,
  version,
  line_count
FROM lake_files
WHERE
  (
    table_name IS NULL
    OR source_file IS NULL
    OR size_bytes IS NULL
    OR version IS NULL
    OR line_count IS NULL
  )
  AND lake_files.log_date BETWEEN $first_day AND $last_day;

SELECT
  table_name,
  source_file,
  COUNT(*) AS copies
FROM lake_files
WHERE
  1 = 1 AND lake_files.log_date BETWEEN $first_day AND $last_day
GROUP BY
  table_name,
  source_file
HAVING
  COUNT(*) > 1
UNION ALL
SELECT
  others.table_name,
  others.source_file,
  2 AS copies
FROM lake_files AS others
INNER JOIN (
  SELECT
    table_name,
    source_file
  FROM lake_files
  WHERE
    log_date BETWEEN $first_day AND $last_day
) AS changed
  ON others.table_name = changed.table_name
  AND others.source_file = changed.source_file
WHERE
  NOT (
    others.log_date BETWEEN $first_day AND $last_day
  );
