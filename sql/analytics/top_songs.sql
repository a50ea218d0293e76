-- One row per song as played, for each month and over all time: title and artist as the player sent them, whether the
-- catalog knows them or not. Equal numbers of plays rank by listeners, then by the alphabet.
-- load: months
-- check: adds_up_to_songplays
-- check: adds_up_over_all_time
create table if not exists top_songs (
    play_month date, -- First day of the month, null for all time
    rank integer not null, -- 1 for the most played song
    title varchar(1024), -- Title as played, null if the log has none
    artist varchar(1024), -- Artist as played, null if the log has none
    plays bigint not null, -- Plays; months add up to all time
    listeners bigint, -- Distinct users of the month; null over all time, since months do not add up
    matched_plays bigint not null, -- Plays which match a song of the catalog; months add up to all time
    unique (play_month, rank),
    unique (play_month, title, artist)
)
diststyle all
sortkey (play_month, rank);

select
    play_month,
    row_number() over (
        partition by play_month
        order by count(*) desc, count(distinct user_id) desc, title asc, artist asc
    ) as rank,
    title,
    artist,
    count(*) as plays,
    count(distinct user_id) as listeners,
    count(song_id) as matched_plays
from local_plays
where play_month in (select changed_days.play_month from changed_days)
group by play_month, title, artist;

-- Over all time, from the rows of the months.
select
    cast(null as date) as play_month,
    row_number() over (order by sum(plays) desc, title asc, artist asc) as rank,
    title,
    artist,
    sum(plays) as plays,
    cast(null as bigint) as listeners,
    sum(matched_plays) as matched_plays
from top_songs
where play_month is not null
group by title, artist;
