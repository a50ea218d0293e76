CREATE TABLE IF NOT EXISTS artists (
  artist_id TEXT(32) NOT NULL,
  name TEXT(1024) NOT NULL,
  location TEXT(1024),
  latitude DOUBLE,
  longitude DOUBLE
);

DROP TABLE IF EXISTS given_artists;

CREATE TEMPORARY TABLE given_artists AS
WITH ranked AS (
  SELECT
    staging_songs.*,
    ROW_NUMBER() OVER (
      PARTITION BY artist_id
      ORDER BY CASE
        WHEN NOT artist_latitude IS NULL AND NOT artist_longitude IS NULL
        THEN 0
        WHEN artist_location <> ''
        THEN 1
        ELSE 2
      END ASC, COALESCE(year, 0) DESC NULLS FIRST, song_id ASC, artist_name ASC, artist_location ASC, artist_latitude ASC, artist_longitude ASC
    ) AS record_rank
  FROM staging_songs
)
SELECT
  artist_id,
  artist_name AS name,
  artist_location AS location,
  artist_latitude AS latitude,
  artist_longitude AS longitude
FROM ranked
WHERE
  record_rank = 1;

DROP TABLE IF EXISTS new_artists;

CREATE TEMPORARY TABLE new_artists AS
SELECT
  artist_id,
  name,
  location,
  latitude,
  longitude
FROM given_artists;

DELETE FROM new_artists USING   artists
WHERE
  artists.artist_id = new_artists.artist_id
  AND (
    artists.name = new_artists.name
    OR (
      artists.name IS NULL AND new_artists.name IS NULL
    )
  )
  AND (
    artists.location = new_artists.location
    OR (
      artists.location IS NULL AND new_artists.location IS NULL
    )
  )
  AND (
    artists.latitude = new_artists.latitude
    OR (
      artists.latitude IS NULL AND new_artists.latitude IS NULL
    )
  )
  AND (
    artists.longitude = new_artists.longitude
    OR (
      artists.longitude IS NULL AND new_artists.longitude IS NULL
    )
  );

DROP TABLE IF EXISTS old_artists;

CREATE TEMPORARY TABLE old_artists AS
SELECT
  artists.artist_id,
  artists.name,
  artists.location,
  artists.latitude,
  artists.longitude
FROM artists
INNER JOIN new_artists
  ON artists.artist_id = new_artists.artist_id
UNION ALL
SELECT
  artists.artist_id,
  artists.name,
  artists.location,
  artists.latitude,
  artists.longitude
FROM artists
LEFT JOIN given_artists
  ON artists.artist_id = given_artists.artist_id
WHERE
  given_artists.artist_id IS NULL;

DELETE FROM artists USING   old_artists
WHERE
  artists.artist_id = old_artists.artist_id;

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
FROM new_artists;
