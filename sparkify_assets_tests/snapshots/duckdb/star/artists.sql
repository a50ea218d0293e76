CREATE TABLE IF NOT EXISTS artists (
  artist_id TEXT(32) NOT NULL,
  name TEXT(1024) NOT NULL,
  location TEXT(1024),
  latitude DOUBLE,
  longitude DOUBLE
);

DROP TABLE IF EXISTS chosen_artists;

CREATE TEMPORARY TABLE chosen_artists AS
SELECT
  artist_id,
  artist_name AS name,
  artist_location AS location,
  artist_latitude AS latitude,
  artist_longitude AS longitude
FROM (
  SELECT
    artist_id,
    artist_name,
    artist_location,
    artist_latitude,
    artist_longitude,
    ROW_NUMBER() OVER (
      PARTITION BY artist_id
      ORDER BY CASE
        WHEN NOT artist_latitude IS NULL AND NOT artist_longitude IS NULL
        THEN 0
        WHEN artist_location <> ''
        THEN 1
        ELSE 2
      END ASC, COALESCE(year, 0) DESC NULLS FIRST, song_id ASC, artist_name ASC, artist_location ASC, artist_latitude ASC, artist_longitude ASC
    ) AS place
  FROM staging_songs
) AS records
WHERE
  place = 1;

DROP TABLE IF EXISTS changed_artists;

CREATE TEMPORARY TABLE changed_artists AS
SELECT
  artist_id,
  name,
  location,
  latitude,
  longitude
FROM chosen_artists
EXCEPT
SELECT
  artist_id,
  name,
  location,
  latitude,
  longitude
FROM artists;

DELETE FROM artists USING   changed_artists
WHERE
  artists.artist_id = changed_artists.artist_id;

INSERT INTO artists (
  artist_id,
  name,
  location,
  latitude,
  longitude
)
SELECT
  artist_id,
  name,
  location,
  latitude,
  longitude
FROM changed_artists;

DELETE FROM artists
WHERE
  NOT artist_id IN (
    SELECT
      artist_id
    FROM staging_songs
  );
