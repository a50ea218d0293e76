CREATE TABLE IF NOT EXISTS lake_files (
  table_name TEXT(128) NOT NULL,
  source_file TEXT(1024) NOT NULL,
  log_date DATE,
  size_bytes BIGINT NOT NULL,
  version TEXT(128) NOT NULL,
  record_count BIGINT NOT NULL
);
