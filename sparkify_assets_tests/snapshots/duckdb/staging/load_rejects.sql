CREATE TABLE IF NOT EXISTS load_rejects (
  table_name TEXT(128) NOT NULL,
  source_file TEXT(1024) NOT NULL,
  line_number BIGINT NOT NULL,
  column_name TEXT(128),
  reason TEXT(256) NOT NULL,
  raw_value TEXT(1024),
  raw_line TEXT(4096),
  log_date DATE
);
