CREATE TABLE IF NOT EXISTS staging_songs (
  artist_id TEXT(32) NOT NULL,
  artist_latitude DOUBLE,
  artist_location TEXT(1024),
  artist_longitude DOUBLE,
  artist_name TEXT(1024) NOT NULL,
  duration DOUBLE,
  num_songs INT,
  song_id TEXT(32) NOT NULL,
  title TEXT(1024) NOT NULL,
  year INT,
  source_file TEXT(1024) NOT NULL
);
