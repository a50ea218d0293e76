SELECT DISTINCT
  staging_songs.song_id
FROM staging_songs
LEFT JOIN songs
  ON staging_songs.song_id = songs.song_id
WHERE
  songs.song_id IS NULL;
