SELECT
  COUNT(*)
FROM (
  SELECT
    song_id,
    title,
    artist_id,
    artist_name
  FROM songs AS written
  WHERE
    song_id IS NULL OR title IS NULL OR artist_id IS NULL OR artist_name IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
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
    COUNT(*) > 1
) AS broken;

SELECT
  (
    SELECT
      COUNT(*)
    FROM songs AS written
    WHERE
      NOT written.artist_id IS NULL
  ) - (
    SELECT
      COUNT(*)
    FROM songs AS written
    WHERE
      NOT written.artist_id IS NULL
      AND GREATEST(written.artist_id, written.artist_id) IN (
        SELECT
          artist_id
        FROM artists
      )
  ) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    songs.song_id,
    songs.artist_id
  FROM songs
  INNER JOIN (
    SELECT
      old_artists.artist_id
    FROM old_artists
    LEFT JOIN artists
      ON old_artists.artist_id = artists.artist_id
    WHERE
      artists.artist_id IS NULL
  ) AS gone
    ON songs.artist_id = gone.artist_id
) AS broken;
