-- One row per day of the months with plays, from the first play to the last: a day without a play has zeros.
-- How many people listened on the day, in its week (from Monday) and in its month, in SPARKIFY_TIME_ZONE.
-- check: adds_up_over_all_time all_time="1 = 1" source=listener_months
create table if not exists active_listeners (
    play_date date not null, -- Day
    plays bigint not null, -- Plays of the day; they add up
    daily_listeners bigint not null, -- Distinct users of the day; none of the three adds up
    weekly_listeners bigint not null, -- Distinct users of its week, its later days included
    monthly_listeners bigint not null, -- Distinct users of its month, its later days included
    primary key (play_date)
)
diststyle all
sortkey (play_date);

with recursive numbers (number) as (
    select 0 as number
    union all
    select number + 1 as number
    from numbers
    where number < 30
),

played_days as (
    select
        play_date,
        plays,
        listeners
    from plays_cube
    where dimensions = 'date'
),

days_of_months as (
    select
        plays_cube.play_month,
        cast(dateadd(day, numbers.number, plays_cube.play_month) as date) as play_date,
        plays_cube.listeners
    from plays_cube
    cross join numbers
    where plays_cube.dimensions = 'month'
),

calendar as (
    select
        play_date,
        cast(date_trunc('week', play_date) as date) as week_start,
        listeners
    from days_of_months
    where
        cast(date_trunc('month', play_date) as date) = play_month
        and play_date >= (select min(first_days.play_date) from played_days as first_days)
        and play_date <= (select max(last_days.play_date) from played_days as last_days)
)

select
    calendar.play_date,
    coalesce(played_days.plays, 0) as plays,
    coalesce(played_days.listeners, 0) as daily_listeners,
    coalesce(listeners_by_week.listeners, 0) as weekly_listeners,
    calendar.listeners as monthly_listeners
from calendar
left join played_days on calendar.play_date = played_days.play_date
left join listeners_by_week on calendar.week_start = listeners_by_week.week_start;
