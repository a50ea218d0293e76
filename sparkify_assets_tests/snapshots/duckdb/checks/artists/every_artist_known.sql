SELECT DISTINCT
  staging_songs.artist_id
FROM staging_songs
LEFT JOIN artists
  ON staging_songs.artist_id = artists.artist_id
WHERE
  artists.artist_id IS NULL;
