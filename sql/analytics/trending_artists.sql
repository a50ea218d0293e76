-- One row per week and artist as played, ranked within the week. Weeks begin on Monday 00:00 in SPARKIFY_TIME_ZONE.
-- trend = (plays + 10) / (expected plays + 10). Expected are the plays which the artist would have with its share of
-- the plays in the four weeks before: shares, so that a week which is cut short compares with whole ones. The 10 on
-- both sides keep small numbers near 1: five plays of a newcomer are 1.5, fifty are 6.
-- Plays without an artist do not count.
-- An artist with a single listener that week ranks behind all others: one fan is no trend.
-- Equal trends rank by plays, then listeners, then the alphabet. The first week has none before it, and ranks by plays.
-- load: weeks
-- check: adds_up_to_songplays period=week_start counted="artist is not null"
create table if not exists trending_artists (
    week_start date not null, -- Monday of the week
    rank integer not null, -- 1 for the artist which trends most in the week
    artist varchar(1024) not null, -- Artist as played
    plays bigint not null, -- Plays in the week
    listeners bigint not null, -- Distinct users in the week
    plays_before bigint not null, -- Plays in the four weeks before
    expected_plays double precision, -- Plays expected from the four weeks before, null if there are none
    trend double precision, -- Smoothed ratio of plays to those expected; 1 is as before, 2 twice as many
    primary key (week_start, rank),
    unique (week_start, artist)
)
diststyle all
sortkey (week_start, rank);

-- A week counts in the trends of the four weeks after it.
create temp table affected_trending_artists as
select distinct trending_artists.week_start
from trending_artists
inner join changed_days
    on
        trending_artists.week_start > changed_days.week_start
        and trending_artists.week_start <= dateadd(day, 28, changed_days.week_start)
where
    trending_artists.week_start >= :first_day
    and trending_artists.week_start not in (select others.week_start from changed_days as others);

-- Weeks which did not change are in the table.
create temp table weekly_plays as
select
    artist,
    week_start,
    count(*) as plays,
    count(distinct user_id) as listeners
from local_plays
where artist is not null and week_start in (select changed_days.week_start from changed_days)
group by artist, week_start
union all
select distinct
    trending_artists.artist,
    trending_artists.week_start,
    trending_artists.plays,
    trending_artists.listeners
from trending_artists
inner join changed_days
    on
        trending_artists.week_start >= dateadd(day, -28, changed_days.week_start)
        and trending_artists.week_start <= dateadd(day, 28, changed_days.week_start)
where
    trending_artists.week_start >= dateadd(day, -28, cast(:first_day as date))
    and trending_artists.week_start not in (select others.week_start from changed_days as others);

with weekly_totals as (
    select
        week_start,
        sum(plays) as plays
    from weekly_plays
    group by week_start
),

totals_before as (
    select
        weeks.week_start,
        max(weeks.plays) as plays,
        sum(earlier.plays) as plays_before
    from weekly_totals as weeks
    inner join weekly_totals as earlier
        on
            weeks.week_start > earlier.week_start
            and weeks.week_start <= dateadd(day, 28, earlier.week_start)
    group by weeks.week_start
),

artists_before as (
    select
        weeks.week_start,
        weeks.artist,
        sum(earlier.plays) as plays_before
    from weekly_plays as weeks
    inner join weekly_plays as earlier
        on
            weeks.artist = earlier.artist
            and weeks.week_start > earlier.week_start
            and weeks.week_start <= dateadd(day, 28, earlier.week_start)
    group by weeks.week_start, weeks.artist
),

expected as (
    select
        weekly_plays.week_start,
        weekly_plays.artist,
        weekly_plays.plays,
        weekly_plays.listeners,
        coalesce(artists_before.plays_before, 0) as plays_before,
        cast(coalesce(artists_before.plays_before, 0) as double precision)
        * totals_before.plays / totals_before.plays_before as expected_plays
    from weekly_plays
    inner join (
        select week_start
        from changed_days
        union
        select week_start
        from affected_trending_artists
    ) as touched on weekly_plays.week_start = touched.week_start
    left join totals_before on weekly_plays.week_start = totals_before.week_start
    left join artists_before
        on
            weekly_plays.week_start = artists_before.week_start
            and weekly_plays.artist = artists_before.artist
),

compared as (
    select
        week_start,
        artist,
        plays,
        listeners,
        plays_before,
        floor(expected_plays * 100 + 0.5) / 100 as expected_plays,
        floor((plays + 10) / (expected_plays + 10) * 100 + 0.5) / 100 as trend
    from expected
)

select
    week_start,
    row_number() over (
        partition by week_start
        order by
            case when listeners > 1 then 0 else 1 end asc,
            coalesce(trend, 0) desc,
            plays desc,
            listeners desc,
            artist asc
    ) as rank,
    artist,
    plays,
    listeners,
    plays_before,
    expected_plays,
    trend
from compared;
