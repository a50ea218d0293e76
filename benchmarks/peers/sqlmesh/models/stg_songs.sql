MODEL (name sparkify.stg_songs, kind FULL);

SELECT
  song_id::TEXT, title::TEXT, artist_id::TEXT, artist_name::TEXT, artist_location::TEXT, artist_latitude::DOUBLE,
  artist_longitude::DOUBLE, duration::DOUBLE, year::INT
FROM READ_JSON(@lake || '/song_data/*/*/*/*.json')
