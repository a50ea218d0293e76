SELECT
  song_id,
  source_file,
  duration,
  artist_latitude,
  artist_longitude
FROM staging_songs
WHERE
  duration <= 0
  OR NOT artist_latitude BETWEEN -90 AND 90
  OR NOT artist_longitude BETWEEN -180 AND 180;
