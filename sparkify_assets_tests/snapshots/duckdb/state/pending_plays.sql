CREATE TABLE IF NOT EXISTS pending_plays (
  table_name TEXT(128) NOT NULL,
  first_time TIMESTAMP NOT NULL,
  last_time TIMESTAMP NOT NULL
);
