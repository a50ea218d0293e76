CREATE TABLE IF NOT EXISTS matched_songs (
  song_id TEXT(32) NOT NULL,
  artist_id TEXT(32) NOT NULL,
  title TEXT(1024) NOT NULL,
  artist_name TEXT(1024) NOT NULL,
  duration DOUBLE
);
