-- One row per combination of values in each of 31 grouping sets over time, hour, level, gender, region and artist.
-- A dimension which a row adds up has its flag `all_...` at 1 and holds null; null with the flag at 0 is not known.
-- `dimensions` names the grouping set, so that `where dimensions = 'date level'` is a table of its own. Sets with date
-- are kept per day, those with `month` per month; the others over all time. Months add up to all time.
-- plays and seconds add up along every dimension; listeners and songs are distinct counts, which do not.
-- Not every set of six dimensions: those of artist with date, hour and others would hold nearly a row per play.
-- These are kept: each group of listeners (level, gender, region in every combination) per month and over all time; the
-- calendar; each group over the days, and over the hours; artists alone and with one other dimension. For finer
-- questions there is `songplays`.
-- Dates and hours are those of SPARKIFY_TIME_ZONE (UTC by default); gender and region as in listening_by_demographic.
-- load: months
-- check: adds_up_to_songplays part=dimensions seconds=seconds
-- check: adds_up_over_all_time part=dimensions seconds=seconds months="dimensions = 'month'"
create table if not exists plays_cube (
    dimensions varchar(64) not null, -- Dimensions which this row does not add up, or total
    play_month date, -- First day of the month, null over all time
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
    listeners bigint not null, -- Distinct users, over all time too; they do not add up
    songs bigint, -- Distinct songs as played, by title and artist; they do not add up; null over all time
    unique (dimensions, play_month, play_date, hour, level, gender, region, artist)
)
diststyle even
sortkey (dimensions, play_month, play_date);

-- Numbers instead of titles: to count distinct ones in every set is cheaper.
create temp table numbered_songs as
with songs_played as (
    select distinct
        title,
        artist
    from local_plays
    where play_month in (select changed_days.play_month from changed_days)
)

select
    title,
    artist,
    row_number() over (order by artist asc, title asc) as song_number
from songs_played;

-- Numbers instead of names, which every set with artists would compare.
create temp table numbered_artists as
with artists_played as (
    select distinct artist
    from numbered_songs
    where artist is not null
)

select
    artist,
    row_number() over (order by artist asc) as artist_number
from artists_played;

create temp table described_plays as
select
    local_plays.play_month,
    local_plays.play_date,
    local_plays.hour,
    local_plays.level,
    users.gender,
    local_plays.region,
    numbered_artists.artist_number,
    local_plays.user_id,
    local_plays.played_seconds,
    numbered_songs.song_number
from local_plays
left join users on local_plays.user_id = users.user_id
left join numbered_artists on local_plays.artist = numbered_artists.artist
left join numbered_songs
    on
        local_plays.title = numbered_songs.title
        and local_plays.artist = numbered_songs.artist
where local_plays.play_month in (select changed_days.play_month from changed_days);

-- Counted one after the other: all at once would need twice the memory.
create temp table sets_of_days as
select
    play_month,
    play_date,
    0 as all_dates,
    hour,
    level,
    gender,
    region,
    cast(null as bigint) as artist_number,
    grouping(hour) as all_hours,
    grouping(level) as all_levels,
    grouping(gender) as all_genders,
    grouping(region) as all_regions,
    1 as all_artists,
    count(*) as plays,
    coalesce(sum(played_seconds), 0) as seconds,
    count(distinct user_id) as listeners,
    count(distinct song_number) as songs
from described_plays
where play_date in (select changed_days.play_date from changed_days)
group by
    grouping sets (
        (play_month, play_date),
        (play_month, play_date, level),
        (play_month, play_date, gender),
        (play_month, play_date, region),
        (play_month, play_date, level, gender, region),
        (play_month, play_date, hour)
    );

create temp table artists_of_days as
select
    play_month,
    play_date,
    0 as all_dates,
    cast(null as integer) as hour,
    cast(null as varchar(16)) as level,
    cast(null as varchar(1)) as gender,
    cast(null as varchar(1024)) as region,
    artist_number,
    1 as all_hours,
    1 as all_levels,
    1 as all_genders,
    1 as all_regions,
    0 as all_artists,
    count(*) as plays,
    coalesce(sum(played_seconds), 0) as seconds,
    count(distinct user_id) as listeners,
    count(distinct song_number) as songs
from described_plays
where play_date in (select changed_days.play_date from changed_days)
group by play_month, play_date, artist_number;

create temp table hours_of_months as
select
    play_month,
    cast(null as date) as play_date,
    1 as all_dates,
    hour,
    level,
    gender,
    region,
    cast(null as bigint) as artist_number,
    0 as all_hours,
    grouping(level) as all_levels,
    grouping(gender) as all_genders,
    grouping(region) as all_regions,
    1 as all_artists,
    count(*) as plays,
    coalesce(sum(played_seconds), 0) as seconds,
    count(distinct user_id) as listeners,
    count(distinct song_number) as songs
from described_plays
group by
    grouping sets (
        (play_month, hour),
        (play_month, hour, level),
        (play_month, hour, gender),
        (play_month, hour, region)
    );

create temp table artists_of_months as
select
    play_month,
    cast(null as date) as play_date,
    1 as all_dates,
    cast(null as integer) as hour,
    level,
    gender,
    region,
    artist_number,
    1 as all_hours,
    grouping(level) as all_levels,
    grouping(gender) as all_genders,
    grouping(region) as all_regions,
    0 as all_artists,
    count(*) as plays,
    coalesce(sum(played_seconds), 0) as seconds,
    count(distinct user_id) as listeners,
    count(distinct song_number) as songs
from described_plays
group by
    grouping sets (
        (play_month, artist_number),
        (play_month, level, artist_number),
        (play_month, gender, artist_number),
        (play_month, region, artist_number)
    );

-- Groups of listeners are counted from a row per listener and one per song of each smallest group, not from every play.
with listeners_and_songs as (
    select
        listener_months.play_month,
        listener_months.level,
        users.gender,
        listener_months.region,
        listener_months.user_id,
        cast(null as bigint) as song_number,
        listener_months.plays,
        listener_months.seconds
    from listener_months
    left join users on listener_months.user_id = users.user_id
    where listener_months.play_month in (select changed_days.play_month from changed_days)
    union all
    select distinct
        play_month,
        level,
        gender,
        region,
        cast(null as integer) as user_id,
        song_number,
        0 as plays,
        0 as seconds
    from described_plays
),

added_up as (
    select *
    from sets_of_days
    union all
    select *
    from artists_of_days
    union all
    select *
    from hours_of_months
    union all
    select *
    from artists_of_months
    union all
    select
        play_month,
        cast(null as date) as play_date,
        1 as all_dates,
        cast(null as integer) as hour,
        level,
        gender,
        region,
        cast(null as bigint) as artist_number,
        1 as all_hours,
        grouping(level) as all_levels,
        grouping(gender) as all_genders,
        grouping(region) as all_regions,
        1 as all_artists,
        sum(plays) as plays,
        sum(seconds) as seconds,
        count(distinct user_id) as listeners,
        count(distinct song_number) as songs
    from listeners_and_songs
    group by play_month, cube (level, gender, region)
    union all
    select
        cast(null as date) as play_month,
        cast(null as date) as play_date,
        1 as all_dates,
        cast(null as integer) as hour,
        listener_months.level,
        users.gender,
        listener_months.region,
        cast(null as bigint) as artist_number,
        1 as all_hours,
        grouping(listener_months.level) as all_levels,
        grouping(users.gender) as all_genders,
        grouping(listener_months.region) as all_regions,
        1 as all_artists,
        coalesce(sum(listener_months.plays), 0) as plays,
        coalesce(sum(listener_months.seconds), 0) as seconds,
        count(distinct listener_months.user_id) as listeners,
        cast(null as bigint) as songs
    from listener_months
    left join users on listener_months.user_id = users.user_id
    group by cube (listener_months.level, users.gender, listener_months.region)
)

select
    case
        when added_up.play_month is null and added_up.all_levels + added_up.all_genders + added_up.all_regions = 3
            then 'total'
        else
            rtrim(
                case
                    when added_up.all_dates = 0 then 'date '
                    when added_up.play_month is not null then 'month '
                    else ''
                end
                || case when added_up.all_hours = 0 then 'hour ' else '' end
                || case when added_up.all_levels = 0 then 'level ' else '' end
                || case when added_up.all_genders = 0 then 'gender ' else '' end
                || case when added_up.all_regions = 0 then 'region ' else '' end
                || case when added_up.all_artists = 0 then 'artist ' else '' end
            )
    end as dimensions,
    added_up.play_month,
    added_up.play_date,
    added_up.hour,
    added_up.level,
    added_up.gender,
    added_up.region,
    numbered_artists.artist,
    added_up.all_dates,
    added_up.all_hours,
    added_up.all_levels,
    added_up.all_genders,
    added_up.all_regions,
    added_up.all_artists,
    added_up.plays,
    added_up.seconds,
    added_up.listeners,
    added_up.songs
from added_up
left join numbered_artists on added_up.artist_number = numbered_artists.artist_number;
