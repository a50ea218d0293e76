CREATE TABLE IF NOT EXISTS songs (
  song_id TEXT(32) NOT NULL,
  title TEXT(1024) NOT NULL,
  artist_id TEXT(32) NOT NULL,
  year INT,
  duration DOUBLE,
  artist_name TEXT(1024) NOT NULL
);

DROP TABLE IF EXISTS given_songs;

CREATE TEMPORARY TABLE given_songs AS
WITH ranked AS (
  SELECT
    staging_songs.*,
    ROW_NUMBER() OVER (
      PARTITION BY song_id
      ORDER BY COALESCE(year, 0) DESC NULLS FIRST, title ASC, artist_name ASC, artist_id ASC, duration ASC, year ASC
    ) AS record_rank
  FROM staging_songs
)
SELECT
  song_id,
  title,
  artist_id,
  year,
  duration,
  artist_name
FROM ranked
WHERE
  record_rank = 1;

DROP TABLE IF EXISTS new_songs;

CREATE TEMPORARY TABLE new_songs AS
SELECT
  song_id,
  title,
  artist_id,
  year,
  duration,
  artist_name
FROM given_songs;

DELETE FROM new_songs USING   songs
WHERE
  songs.song_id = new_songs.song_id
  AND (
    songs.title = new_songs.title
    OR (
      songs.title IS NULL AND new_songs.title IS NULL
    )
  )
  AND (
    songs.artist_id = new_songs.artist_id
    OR (
      songs.artist_id IS NULL AND new_songs.artist_id IS NULL
    )
  )
  AND (
    songs.year = new_songs.year
    OR (
      songs.year IS NULL AND new_songs.year IS NULL
    )
  )
  AND (
    songs.duration = new_songs.duration
    OR (
      songs.duration IS NULL AND new_songs.duration IS NULL
    )
  )
  AND (
    songs.artist_name = new_songs.artist_name
    OR (
      songs.artist_name IS NULL AND new_songs.artist_name IS NULL
    )
  );

DROP TABLE IF EXISTS old_songs;

CREATE TEMPORARY TABLE old_songs AS
SELECT
  songs.song_id,
  songs.title,
  songs.artist_id,
  songs.year,
  songs.duration,
  songs.artist_name
FROM songs
INNER JOIN new_songs
  ON songs.song_id = new_songs.song_id
UNION ALL
SELECT
  songs.song_id,
  songs.title,
  songs.artist_id,
  songs.year,
  songs.duration,
  songs.artist_name
FROM songs
LEFT JOIN given_songs
  ON songs.song_id = given_songs.song_id
WHERE
  given_songs.song_id IS NULL;

DELETE FROM songs USING   old_songs
WHERE
  songs.song_id = old_songs.song_id;

INSERT INTO songs (
  song_id,
  title,
  artist_id,
  year,
  duration,
  artist_name
)
SELECT
  song_id,
  title,
  artist_id,
  year,
  duration,
  artist_name
FROM new_songs;
