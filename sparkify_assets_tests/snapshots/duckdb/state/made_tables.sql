CREATE TABLE IF NOT EXISTS made_tables (
  table_name TEXT(128) NOT NULL,
  made_by TEXT(64) NOT NULL
);
