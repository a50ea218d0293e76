SELECT
  table_name,
  first_time,
  last_time
FROM pending_plays AS written
WHERE
  table_name IS NULL OR first_time IS NULL OR last_time IS NULL;
