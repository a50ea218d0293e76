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

create temp table hours_of_months as
select
    play_month,
    weekday,
    hour,
    count(*) as plays,
    count(distinct user_id) as listeners
from local_plays
where play_month in (select changed_days.play_month from changed_days)
group by play_month, weekday, hour;

create temp table weekdays_of_months as
select
    play_month,
    weekday,
    -- 1 for Monday to 7 for Sunday, where Redshift counts from 0 for Sunday
    max((cast(extract(dow from play_date) as integer) + 6) % 7 + 1) as weekday_number,
    count(distinct play_date) as days
from local_plays
where play_month in (select changed_days.play_month from changed_days)
group by play_month, weekday;

with hours as (
    select
        hours_of_months.play_month,
        weekdays_of_months.weekday_number,
        hours_of_months.weekday,
        hours_of_months.hour,
        hours_of_months.plays,
        hours_of_months.listeners,
        weekdays_of_months.days
    from hours_of_months
    inner join weekdays_of_months
        on
            hours_of_months.play_month = weekdays_of_months.play_month
            and hours_of_months.weekday = weekdays_of_months.weekday
),

months as (
    select
        play_month,
        weekday_number,
        weekday,
        hour,
        plays,
        days
    from hours
    union all
    select
        play_month,
        weekday_number,
        weekday,
        hour,
        plays,
        days
    from peak_hours
    where play_month is not null
),

weekdays as (
    select
        weekday_number,
        sum(days) as days
    from (
        select distinct
            play_month,
            weekday_number,
            days
        from months
    ) as weekdays_of_all_months
    group by weekday_number
),

busy as (
    select
        play_month,
        weekday_number,
        weekday,
        hour,
        plays,
        listeners,
        days
    from hours
    union all
    select
        cast(null as date) as play_month,
        months.weekday_number,
        months.weekday,
        months.hour,
        sum(months.plays) as plays,
        cast(null as bigint) as listeners,
        max(weekdays.days) as days
    from months
    inner join weekdays on months.weekday_number = weekdays.weekday_number
    group by months.weekday_number, months.weekday, months.hour
)

select
    play_month,
    row_number() over (
        partition by play_month
        order by
            floor(cast(plays as double precision) / days * 100 + 0.5) desc,
            plays desc,
            weekday_number asc,
            hour asc
    ) as rank,
    weekday_number,
    weekday,
    hour,
    plays,
    listeners,
    days,
    floor(cast(plays as double precision) / days * 100 + 0.5) / 100 as plays_per_day
from busy;
