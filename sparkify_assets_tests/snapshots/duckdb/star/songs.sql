CREATE TABLE IF NOT EXISTS songs (
  song_id TEXT(32) NOT NULL,
  title TEXT(1024) NOT NULL,
  artist_id TEXT(32) NOT NULL,
  year INT,
  duration DOUBLE,
  artist_name TEXT(1024) NOT NULL
);

DROP TABLE IF EXISTS chosen_songs;

CREATE TEMPORARY TABLE chosen_songs AS
SELECT
  song_id,
  title,
  artist_id,
  year,
  duration,
  artist_name
FROM (
  SELECT
    song_id,
    title,
    artist_id,
    year,
    duration,
    artist_name,
    ROW_NUMBER() OVER (
      PARTITION BY song_id
      ORDER BY COALESCE(year, 0) DESC NULLS FIRST, title ASC, artist_name ASC, artist_id ASC, duration ASC, year ASC
    ) AS place
  FROM staging_songs
) AS records
WHERE
  place = 1;

DROP TABLE IF EXISTS changed_songs;

CREATE TEMPORARY TABLE changed_songs AS
SELECT
  song_id,
  title,
  artist_id,
  year,
  duration,
  artist_name
FROM chosen_songs
EXCEPT
SELECT
  song_id,
  title,
  artist_id,
  year,
  duration,
  artist_name
FROM songs;

DELETE FROM songs USING   changed_songs
WHERE
  songs.song_id = changed_songs.song_id;

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
FROM changed_songs;

DELETE FROM songs
WHERE
  NOT song_id IN (
    SELECT
      song_id
    FROM staging_songs
  );
