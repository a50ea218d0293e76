-- One row per weekday and hour with plays, in SPARKIFY_TIME_ZONE (UTC by default); weeks begin on Monday.
-- Ranked by plays per day, since a month has five of some weekdays and four of others; then by plays, and by the time.
create table if not exists peak_hours (
    rank integer not null, -- 1 for the busiest hour of the week
    weekday_number integer not null, -- 1 for Monday to 7 for Sunday
    weekday varchar(9) not null, -- English name of the day
    hour integer not null, -- 0 to 23: plays from then on until the next hour
    plays bigint not null, -- Plays
    listeners bigint not null, -- Distinct users; hours do not add up, since a user may listen in several
    days integer not null, -- Days of this weekday with plays, at whatever hour
    plays_per_day double precision not null, -- Plays in this hour on such a day
    primary key (rank),
    unique (weekday_number, hour)
)
diststyle all
sortkey (weekday_number, hour);

drop table if exists local_plays;

create temp table local_plays as
select
    user_id,
    cast(played_at as date) as play_date,
    extract(hour from played_at) as hour,
    case extract(dow from played_at) when 0 then 7 else extract(dow from played_at) end as weekday_number
from (
    select
        user_id,
        start_time at time zone 'UTC' at time zone :time_zone as played_at
    from songplays
) as played;

delete from peak_hours;

insert into peak_hours (rank, weekday_number, weekday, hour, plays, listeners, days, plays_per_day)
select
    row_number() over (order by plays_per_day desc, plays desc, weekday_number asc, hour asc) as rank,
    weekday_number,
    case weekday_number
        when 1 then 'Monday'
        when 2 then 'Tuesday'
        when 3 then 'Wednesday'
        when 4 then 'Thursday'
        when 5 then 'Friday'
        when 6 then 'Saturday'
        when 7 then 'Sunday'
    end as weekday,
    hour,
    plays,
    listeners,
    days,
    plays_per_day
from (
    select
        hours.weekday_number,
        hours.hour,
        hours.plays,
        hours.listeners,
        weekdays.days,
        floor(cast(hours.plays as double precision) / weekdays.days * 100 + 0.5) / 100 as plays_per_day
    from (
        select
            weekday_number,
            hour,
            count(*) as plays,
            count(distinct user_id) as listeners
        from local_plays
        group by weekday_number, hour
    ) as hours
    inner join (
        select
            weekday_number,
            count(distinct play_date) as days
        from local_plays
        group by weekday_number
    ) as weekdays on hours.weekday_number = weekdays.weekday_number
) as busy;
