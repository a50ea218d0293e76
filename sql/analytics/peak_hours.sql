-- One row per weekday and hour with plays in SPARKIFY_TIME_ZONE (UTC by default), for each month and over all time.
-- Ranked by plays per day, since a month has five of some weekdays and four of others; then by plays, and by the time.
-- load: months
-- check: adds_up_to_songplays
-- check: adds_up_over_all_time
create table if not exists peak_hours (
    play_month date, -- First day of the month, null for all time
    rank integer not null, -- 1 for the busiest hour of the week
    weekday_number integer not null, -- 1 for Monday to 7 for Sunday
    weekday varchar(9) not null, -- English name of the day
    hour integer not null, -- 0 to 23: plays from then on until the next hour
    plays bigint not null, -- Plays; months add up to all time
    listeners bigint, -- Distinct users of the month, who may listen in several hours; null over all time
    days integer not null, -- Days of this weekday with plays, at whatever hour; months add up to all time
    plays_per_day double precision not null, -- Plays in this hour on such a day
    unique (play_month, rank),
    unique (play_month, weekday_number, hour)
)
diststyle all
sortkey (play_month, weekday_number, hour);

with counted as (
    -- Each hour of a weekday, and the weekday as a whole (hour is null), which has the most days.
    select
        play_month,
        weekday_number,
        weekday,
        hour,
        count(*) as plays,
        count(distinct user_id) as listeners,
        count(distinct play_date) as days
    from local_plays
    where play_month in (select changed_days.play_month from changed_days)
    group by grouping sets ((play_month, weekday_number, weekday, hour), (play_month, weekday_number, weekday))
),

hours as (
    select
        play_month,
        weekday_number,
        weekday,
        hour,
        plays,
        listeners,
        max(days) over (partition by play_month, weekday_number) as days
    from counted
),

rated as (
    select
        hours.*,
        floor(cast(plays as double precision) / days * 100 + 0.5) / 100 as plays_per_day
    from hours
    where hour is not null
)

select
    play_month,
    row_number() over (
        partition by play_month
        order by plays_per_day desc, plays desc, weekday_number asc, hour asc
    ) as rank,
    weekday_number,
    weekday,
    hour,
    plays,
    listeners,
    days,
    plays_per_day
from rated;

-- Over all time, from the rows of the months.
with weekdays as (
    select
        weekday_number,
        sum(days) as days
    from (
        select distinct
            play_month,
            weekday_number,
            days
        from peak_hours
        where play_month is not null
    ) as weekdays_of_months
    group by weekday_number
),

hours as (
    select
        peak_hours.weekday_number,
        peak_hours.weekday,
        peak_hours.hour,
        sum(peak_hours.plays) as plays,
        max(weekdays.days) as days
    from peak_hours
    inner join weekdays on peak_hours.weekday_number = weekdays.weekday_number
    where peak_hours.play_month is not null
    group by peak_hours.weekday_number, peak_hours.weekday, peak_hours.hour
),

rated as (
    select
        hours.*,
        floor(cast(plays as double precision) / days * 100 + 0.5) / 100 as plays_per_day
    from hours
)

select
    cast(null as date) as play_month,
    row_number() over (order by plays_per_day desc, plays desc, weekday_number asc, hour asc) as rank,
    weekday_number,
    weekday,
    hour,
    plays,
    cast(null as bigint) as listeners,
    days,
    plays_per_day
from rated;
