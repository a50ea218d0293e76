-- Is the weekend better than the week?
-- One row per day of the week.
create table if not exists revenue_by_weekday (
    weekday integer not null, -- 1 for Monday
    weekday_name varchar(9) not null, -- Name of the day
    is_weekend boolean not null, -- Whether it is a Saturday or a Sunday
    sales bigint not null, -- Payments
    revenue decimal(12, 2) not null, -- Dollars
    primary key (weekday)
)
diststyle all
sortkey (weekday);

select
    dim_date.weekday,
    dim_date.weekday_name,
    dim_date.is_weekend,
    count(*) as sales,
    sum(fact_sales.amount) as revenue
from fact_sales
inner join dim_date on fact_sales.date_key = dim_date.date_key
group by dim_date.weekday, dim_date.weekday_name, dim_date.is_weekend;
