-- Plays with their place and song, as the answers and cubes count them. It is read like a table.
-- A metropolitan area names its states in the order of its cities; a play is in the first of them, so
-- 'New York-Newark-Jersey City, NY-NJ-PA' is in NY.
select
    start_time,
    user_id,
    session_id,
    song_id,
    level,
    nullif(rtrim(split_part(location, ', ', 1)), '') as city,
    nullif(rtrim(split_part(split_part(location, ', ', 2), '-', 1)), '') as region,
    rtrim(played_title) as title,
    rtrim(played_artist) as artist,
    played_seconds
from songplays;
