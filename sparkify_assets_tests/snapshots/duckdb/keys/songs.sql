SELECT
  song_id,
  title,
  artist_id,
  artist_name
FROM songs AS written
WHERE
  song_id IS NULL OR title IS NULL OR artist_id IS NULL OR artist_name IS NULL;

SELECT
  song_id,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(song_id, song_id) AS song_id
  FROM songs AS declared
) AS written
GROUP BY
  song_id
HAVING
  COUNT(*) > 1;

SELECT
  written.song_id,
  written.artist_id
FROM songs AS written
LEFT JOIN artists
  ON GREATEST(written.artist_id, written.artist_id) = artists.artist_id
WHERE
  NOT written.artist_id IS NULL AND artists.artist_id IS NULL;
