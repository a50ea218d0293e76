SELECT
  table_name,
  first_day,
  last_day
FROM pending_ranges AS written
WHERE
  table_name IS NULL OR first_day IS NULL OR last_day IS NULL;
