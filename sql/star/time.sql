-- One row per distinct start time of a play, in UTC with milliseconds.
-- days: start_time >= :first_day and start_time < dateadd(day, 1, :last_day)
create table if not exists time (
    start_time timestamp not null, -- Start of a play, UTC
    hour integer not null, -- 0 to 23
    day integer not null, -- Day of the month
    week integer not null, -- ISO week
    month integer not null, -- 1 to 12
    year integer not null, -- Calendar year
    weekday varchar(9) not null, -- English name of the day
    primary key (start_time)
)
diststyle all
sortkey (start_time);

drop table if exists new_times;

create temp table new_times as
select
    dateadd(
        ms,
        cast(ts % 86400000 as integer),
        dateadd(day, cast((ts - ts % 86400000) / 86400000 as integer), timestamp '1970-01-01')
    ) as start_time
from staging_events
where page = 'NextSong' and log_date between :first_day and :last_day
union
-- of plays which these days held until now, and another day may hold from now on
select
    dateadd(
        ms,
        cast(events.ts % 86400000 as integer),
        dateadd(day, cast((events.ts - events.ts % 86400000) / 86400000 as integer), timestamp '1970-01-01')
    ) as start_time
from songplays
inner join staging_events as events
    on
        songplays.session_id = events.sessionId
        and songplays.item_in_session = events.itemInSession
where
    songplays.log_date between :first_day and :last_day
    and events.page = 'NextSong'
    and events.log_date not between :first_day and :last_day;

delete from new_times
using time
where new_times.start_time = time.start_time;

insert into time (start_time, hour, day, week, month, year, weekday)
select
    start_time,
    extract(hour from start_time) as hour,
    extract(day from start_time) as day,
    extract(week from start_time) as week,
    extract(month from start_time) as month,
    extract(year from start_time) as year,
    case extract(dow from start_time)
        when 0 then 'Sunday'
        when 1 then 'Monday'
        when 2 then 'Tuesday'
        when 3 then 'Wednesday'
        when 4 then 'Thursday'
        when 5 then 'Friday'
        when 6 then 'Saturday'
    end as weekday
from new_times;

insert into unplayed_times (start_time)
select start_time
from new_times;

-- prune
drop table if exists orphaned_times;

-- prune
-- The range lets an engine skip the plays outside of it where the times are few.
create temp table orphaned_times as
select distinct unplayed_times.start_time
from unplayed_times
left join (
    select start_time
    from songplays
    where
        start_time between
        (select min(unplayed_times.start_time) from unplayed_times)
        and (select max(unplayed_times.start_time) from unplayed_times)
) as played on unplayed_times.start_time = played.start_time
where played.start_time is null;

-- prune
delete from time
using orphaned_times
where time.start_time = orphaned_times.start_time;

-- prune
delete from unplayed_times;
