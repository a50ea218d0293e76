CREATE TABLE IF NOT EXISTS pending_ranges (
  table_name TEXT(128) NOT NULL,
  first_day DATE NOT NULL,
  last_day DATE NOT NULL
);
