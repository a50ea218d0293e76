-- One row per weekday and hour with plays, in SPARKIFY_TIME_ZONE (UTC by default); weeks begin on Monday.
-- Ranked by plays per day, since a month has five of some weekdays and four of others; then by plays, and by the time.
-- check: adds_up_to_songplays
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

create temp table hourly_plays as
select
    play_date,
    weekday,
    hour,
    user_id,
    count(*) as plays
from local_plays
group by play_date, weekday, hour, user_id;

with hours as (
    select
        weekday,
        hour,
        sum(plays) as plays,
        count(distinct user_id) as listeners
    from hourly_plays
    group by weekday, hour
),

weekdays as (
    select
        weekday,
        count(distinct play_date) as days,
        -- 1 for Monday to 7 for Sunday, where Redshift counts from 0 for Sunday
        max((cast(extract(dow from play_date) as integer) + 6) % 7 + 1) as weekday_number
    from hourly_plays
    group by weekday
),

busy as (
    select
        weekdays.weekday_number,
        hours.weekday,
        hours.hour,
        hours.plays,
        hours.listeners,
        weekdays.days,
        floor(cast(hours.plays as double precision) / weekdays.days * 100 + 0.5) / 100 as plays_per_day
    from hours
    inner join weekdays on hours.weekday = weekdays.weekday
)

select
    row_number() over (order by plays_per_day desc, plays desc, weekday_number asc, hour asc) as rank,
    weekday_number,
    weekday,
    hour,
    plays,
    listeners,
    days,
    plays_per_day
from busy;
