SELECT
  table_name,
  column_name,
  reason,
  COUNT(*) AS lines_rejected,
  MIN(source_file) AS first_file
FROM load_rejects
GROUP BY
  table_name,
  column_name,
  reason;

SELECT
  (
    SELECT
      COUNT(*)
    FROM load_rejects
  ) AS lines_rejected,
  (
    SELECT
      COALESCE(SUM(line_count), 0)
    FROM lake_files
  ) AS lines_in_lake;
