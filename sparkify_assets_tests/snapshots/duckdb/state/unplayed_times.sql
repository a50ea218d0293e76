CREATE TABLE IF NOT EXISTS unplayed_times (
  start_time TIMESTAMP NOT NULL
);
