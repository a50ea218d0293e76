-- One row per combination of values in each of 23 grouping sets over date, hour, level, gender, region and artist.
-- A dimension which a row adds up has its flag `all_...` at 1 and holds null; null with the flag at 0 is not known.
-- `dimensions` names the grouping set, so that `where dimensions = 'date level'` is a table of its own.
-- plays and seconds add up along every dimension; listeners and songs are distinct counts, which do not.
-- Not all 64 sets of six dimensions: those of artist with date, hour and others would hold nearly a row per play.
-- These are kept: each group of listeners (level, gender, region in every combination); the calendar; each group over
-- the days, and over the hours; artists alone and with one other dimension. For finer questions there is `songplays`.
-- Dates and hours are those of SPARKIFY_TIME_ZONE (UTC by default); gender and region as in listening_by_demographic.
-- check: adds_up_to_songplays part=dimensions seconds=seconds
create table if not exists plays_cube (
    dimensions varchar(64) not null, -- Dimensions which this row does not add up, or total
    play_date date, -- Day of the play
    hour integer, -- 0 to 23
    level varchar(16), -- free or paid at the time of the play
    gender varchar(1), -- F or M
    region varchar(1024), -- State of the listener, its postal code
    artist varchar(1024), -- Artist as played
    all_dates integer not null, -- 1 if the row adds up all dates
    all_hours integer not null, -- 1 if the row adds up all hours
    all_levels integer not null, -- 1 if the row adds up both levels
    all_genders integer not null, -- 1 if the row adds up all genders
    all_regions integer not null, -- 1 if the row adds up all regions
    all_artists integer not null, -- 1 if the row adds up all artists
    plays bigint not null, -- Plays; they add up
    seconds bigint not null, -- Length of the songs played; it adds up
    listeners bigint not null, -- Distinct users; they do not add up
    songs bigint not null, -- Distinct songs as played, by title and artist; they do not add up
    unique (dimensions, play_date, hour, level, gender, region, artist)
)
diststyle even
sortkey (dimensions, play_date);

-- Numbers instead of titles: to count distinct ones in every set is cheaper.
create temp table numbered_songs as
with songs_played as (
    select distinct
        title,
        artist
    from local_plays
)

select
    title,
    artist,
    row_number() over (order by artist asc, title asc) as song_number
from songs_played;

create temp table described_plays as
select
    local_plays.play_date,
    local_plays.hour,
    local_plays.level,
    users.gender,
    local_plays.region,
    local_plays.artist,
    local_plays.user_id,
    local_plays.played_seconds,
    numbered_songs.song_number
from local_plays
left join users on local_plays.user_id = users.user_id
left join numbered_songs
    on
        local_plays.title = numbered_songs.title
        and local_plays.artist = numbered_songs.artist;

with added_up as (
    select
        play_date,
        hour,
        level,
        gender,
        region,
        artist,
        grouping(play_date) as all_dates,
        grouping(hour) as all_hours,
        grouping(level) as all_levels,
        grouping(gender) as all_genders,
        grouping(region) as all_regions,
        grouping(artist) as all_artists,
        count(*) as plays,
        coalesce(sum(played_seconds), 0) as seconds,
        count(distinct user_id) as listeners,
        count(distinct song_number) as songs
    from described_plays
    group by grouping sets (
        -- who
        (),
        (level),
        (gender),
        (region),
        (level, gender),
        (level, region),
        (gender, region),
        (level, gender, region),
        -- when
        (play_date),
        (hour),
        (play_date, hour),
        -- who, over the days and over the hours
        (play_date, level),
        (play_date, gender),
        (play_date, region),
        (play_date, level, gender, region),
        (hour, level),
        (hour, gender),
        (hour, region),
        -- what
        (artist),
        (play_date, artist),
        (level, artist),
        (gender, artist),
        (region, artist)
    )
)

select
    case
        when all_dates + all_hours + all_levels + all_genders + all_regions + all_artists = 6 then 'total'
        else
            rtrim(
                case when all_dates = 0 then 'date ' else '' end
                || case when all_hours = 0 then 'hour ' else '' end
                || case when all_levels = 0 then 'level ' else '' end
                || case when all_genders = 0 then 'gender ' else '' end
                || case when all_regions = 0 then 'region ' else '' end
                || case when all_artists = 0 then 'artist ' else '' end
            )
    end as dimensions,
    play_date,
    hour,
    level,
    gender,
    region,
    artist,
    all_dates,
    all_hours,
    all_levels,
    all_genders,
    all_regions,
    all_artists,
    plays,
    seconds,
    listeners,
    songs
from added_up;
