create or replace table users as
select try_cast(user_id as integer) as user_id, first_name, last_name, gender, level
from events
where try_cast(user_id as integer) is not null
qualify row_number() over (partition by user_id order by ts desc, session_id desc, item_in_session desc) = 1;

create or replace table songs as
select song_id, title, artist_id, year, duration, artist_name
from song_records
qualify row_number() over (partition by song_id order by year desc, title, artist_name) = 1;

create or replace table artists as
select
    artist_id,
    artist_name as name,
    artist_location as location,
    artist_latitude as latitude,
    artist_longitude as longitude
from song_records
qualify row_number() over (
    partition by artist_id
    order by artist_latitude is null, coalesce(artist_location, '') = '', year desc, song_id
) = 1;

create or replace table songplays as
with plays as (
    select *
    from events
    where page = 'NextSong'
    qualify row_number() over (partition by session_id, item_in_session order by ts) = 1
),

matches as (
    select played.song, played.artist, played.length, songs.song_id, songs.artist_id
    from (select distinct song, artist, length from plays) as played
    inner join songs on rtrim(played.song) = rtrim(songs.title) and rtrim(played.artist) = rtrim(songs.artist_name)
    qualify row_number() over (
        partition by played.song, played.artist, played.length
        order by abs(songs.duration - played.length), songs.song_id
    ) = 1
)

select
    epoch_ms(plays.ts) as start_time,
    try_cast(plays.user_id as integer) as user_id,
    plays.level,
    matches.song_id,
    matches.artist_id,
    plays.session_id,
    plays.location,
    plays.user_agent,
    plays.item_in_session,
    plays.song as played_title,
    plays.artist as played_artist,
    cast(floor(plays.length + 0.5) as integer) as played_seconds
from plays
left join matches
    on
        plays.song = matches.song
        and plays.artist = matches.artist
        and plays.length is not distinct from matches.length;

create or replace table time as
select
    start_time,
    hour(start_time) as hour,
    day(start_time) as day,
    week(start_time) as week,
    month(start_time) as month,
    year(start_time) as year,
    dayname(start_time) as weekday
from (select distinct start_time from songplays)
