SELECT
  artist_id,
  artist_name,
  song_id,
  title,
  source_file
FROM staging_songs AS written
WHERE
  artist_id IS NULL
  OR artist_name IS NULL
  OR song_id IS NULL
  OR title IS NULL
  OR source_file IS NULL;
