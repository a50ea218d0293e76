SELECT
  song_id,
  artist_id,
  title,
  artist_name
FROM matched_songs
WHERE
  (
    song_id IS NULL OR artist_id IS NULL OR title IS NULL OR artist_name IS NULL
  );

SELECT
  song_id,
  COUNT(*) AS copies
FROM matched_songs
WHERE
  1 = 1
GROUP BY
  song_id
HAVING
  COUNT(*) > 1;
