-- One row per day of 1970 to 2069, whether there are sales or not.
-- It is made of nothing but the calendar, so that every fact of every project can refer to it.
create table if not exists dim_date (
    date_key integer not null, -- Day as a number, 20220131
    calendar_date date not null, -- Day
    year integer not null, -- Calendar year
    quarter integer not null, -- 1 to 4
    month integer not null, -- 1 to 12
    month_start date not null, -- First day of the month
    day integer not null, -- Day of the month
    iso_week integer not null, -- ISO week, 1 to 53
    iso_year integer not null, -- Year which the ISO week belongs to
    weekday integer not null, -- 1 for Monday to 7 for Sunday
    weekday_name varchar(9) not null, -- English name of the day
    is_weekend boolean not null, -- Whether it is a Saturday or a Sunday
    primary key (date_key),
    unique (calendar_date)
)
diststyle all
sortkey (calendar_date);

create temp table calendar_days as
with digits as (
    select 0 as digit
    union all
    select 1 as digit
    union all
    select 2 as digit
    union all
    select 3 as digit
    union all
    select 4 as digit
    union all
    select 5 as digit
    union all
    select 6 as digit
    union all
    select 7 as digit
    union all
    select 8 as digit
    union all
    select 9 as digit
),

numbers as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit + 10000 * more.digit as days
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as more
)

select cast(dateadd(day, cast(days as integer), date '1970-01-01') as date) as calendar_date
from numbers
where days < datediff(day, date '1970-01-01', date '2070-01-01');

with parts as (
    select
        calendar_date,
        cast(extract(year from calendar_date) as integer) as year,
        cast(extract(month from calendar_date) as integer) as month,
        cast(extract(day from calendar_date) as integer) as day,
        -- The days since a Monday, and the Thursday of the week, whose year is that of the week.
        cast(datediff(day, date '1969-12-29', calendar_date) % 7 + 1 as integer) as weekday,
        dateadd(
            day, cast(3 - datediff(day, date '1969-12-29', calendar_date) % 7 as integer), calendar_date
        ) as thursday
    from calendar_days
)

select
    year * 10000 + month * 100 + day as date_key,
    calendar_date,
    year,
    cast(extract(quarter from calendar_date) as integer) as quarter,
    month,
    cast(date_trunc('month', calendar_date) as date) as month_start,
    day,
    cast(extract(week from calendar_date) as integer) as iso_week,
    cast(extract(year from thursday) as integer) as iso_year,
    weekday,
    rtrim(to_char(calendar_date, 'Day')) as weekday_name,
    weekday > 5 as is_weekend
from parts;
