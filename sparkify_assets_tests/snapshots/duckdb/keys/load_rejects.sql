SELECT
  table_name,
  source_file,
  line_number,
  reason
FROM load_rejects AS written
WHERE
  table_name IS NULL OR source_file IS NULL OR line_number IS NULL OR reason IS NULL;
