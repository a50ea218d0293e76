-- One row per day, per ISO week, per month and for all time: a roll-up from day to week to month to all.
-- A week may lie in two months, so that weeks do not add up to months: days add up to each level.
-- Made from the days of plays_cube; what cannot be added up (listeners, songs) stands there only, day by day.
-- check: adds_up_over_all_time part=calendar_level seconds=seconds all_time="1 = 1" source=listener_months
create table if not exists plays_by_calendar (
    calendar_level varchar(5) not null, -- day, week, month or all
    first_day date not null, -- The day, Monday of the week, first of the month; for all the first day with plays
    days bigint not null, -- Days with plays
    plays bigint not null, -- Plays; each level adds up to all
    seconds bigint not null, -- Length of the songs played; it adds up
    primary key (calendar_level, first_day)
)
diststyle all
sortkey (calendar_level, first_day);

with played_days as (
    select
        play_date,
        cast(date_trunc('week', play_date) as date) as week_start,
        cast(date_trunc('month', play_date) as date) as month_start,
        plays,
        seconds
    from plays_cube
    where dimensions = 'date'
),

added_up as (
    select
        play_date,
        week_start,
        month_start,
        grouping(play_date) as all_days,
        grouping(week_start) as all_weeks,
        grouping(month_start) as all_months,
        min(play_date) as first_play_date,
        count(*) as days,
        sum(plays) as plays,
        sum(seconds) as seconds
    from played_days
    group by grouping sets ((play_date), (week_start), (month_start), ())
    having count(*) > 0
)

select
    case
        when all_days = 0 then 'day'
        when all_weeks = 0 then 'week'
        when all_months = 0 then 'month'
        else 'all'
    end as calendar_level,
    coalesce(play_date, week_start, month_start, first_play_date) as first_day,
    days,
    plays,
    seconds
from added_up;
