-- Durations are positive and coordinates lie on the globe.
-- severity: warn
select
    song_id,
    source_file,
    duration,
    artist_latitude,
    artist_longitude
from staging_songs
where
    duration <= 0
    or artist_latitude not between -90 and 90
    or artist_longitude not between -180 and 180;
