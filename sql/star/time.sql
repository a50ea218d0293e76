-- One row per distinct start time of a play, in UTC with milliseconds.
-- load: upsert
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

with played as (
    select distinct start_time
    from new_songplays
)

select
    start_time,
    extract(hour from start_time) as hour,
    extract(day from start_time) as day,
    extract(week from start_time) as week,
    extract(month from start_time) as month,
    extract(year from start_time) as year,
    rtrim(to_char(start_time, 'Day')) as weekday
from played;
