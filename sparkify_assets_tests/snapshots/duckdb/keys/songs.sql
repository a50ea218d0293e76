SELECT
  song_id,
  title,
  artist_id,
  artist_name
FROM songs
WHERE
  (
    song_id IS NULL OR title IS NULL OR artist_id IS NULL OR artist_name IS NULL
  );

SELECT
  song_id,
  COUNT(*) AS copies
FROM songs
WHERE
  1 = 1
GROUP BY
  song_id
HAVING
  COUNT(*) > 1;

SELECT
  songs.song_id,
  songs.artist_id
FROM songs
LEFT JOIN artists
  ON songs.artist_id = artists.artist_id
WHERE
  NOT songs.artist_id IS NULL AND artists.artist_id IS NULL;
