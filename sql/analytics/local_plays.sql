-- Plays as the answers and cubes count them: place, song and local time. Read it like a table, it is no table itself.
-- Dates, hours and weeks (from Monday) are those of SPARKIFY_TIME_ZONE. A metropolitan area names its states in the
-- order of its cities; a play is in the first of them, so 'New York-Newark-Jersey City, NY-NJ-PA' is in NY.
with placed as (
    select
        songplays.*,
        start_time at time zone 'UTC' at time zone :time_zone as played_at,
        nullif(rtrim(split_part(location, ', ', 1)), '') as city,
        nullif(rtrim(split_part(split_part(location, ', ', 2), '-', 1)), '') as region,
        rtrim(played_title) as title,
        rtrim(played_artist) as artist
    from songplays
)

select
    user_id,
    session_id,
    song_id,
    level,
    city,
    region,
    title,
    artist,
    played_seconds,
    cast(played_at as date) as play_date,
    cast(date_trunc('week', played_at) as date) as week_start,
    extract(hour from played_at) as hour,
    rtrim(to_char(played_at, 'Day')) as weekday
from placed;
