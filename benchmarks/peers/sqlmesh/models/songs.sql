MODEL (
  name sparkify.songs,
  kind FULL,
  audits (
    not_null(columns := (song_id, title, artist_id)),
    unique_values(columns := (song_id)),
    relationships(column := artist_id, parent := sparkify.artists)
  ),
  depends_on (sparkify.artists)
);

SELECT song_id, title, artist_id, year, duration, artist_name
FROM sparkify.stg_songs
QUALIFY ROW_NUMBER() OVER (PARTITION BY song_id ORDER BY year DESC, title, artist_name) = 1
