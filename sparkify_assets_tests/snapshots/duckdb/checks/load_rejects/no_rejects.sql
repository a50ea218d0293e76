SELECT
  table_name,
  column_name,
  reason,
  COUNT(*) AS records_rejected,
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
  ) AS records_rejected,
  (
    SELECT
      COALESCE(SUM(record_count), 0)
    FROM lake_files
  ) AS records_in_lake;
