SELECT
  song_id,
  COUNT(*) AS records,
  MIN(source_file) AS first_file,
  MAX(source_file) AS last_file
FROM staging_songs
GROUP BY
  song_id
HAVING
  COUNT(*) > 1;
