-- What does each month bring?
-- One row per month with sales.
create table if not exists revenue_by_month (
    month_start date not null, -- First day of the month
    sales bigint not null, -- Payments
    revenue decimal(12, 2) not null, -- Dollars
    customers bigint not null, -- Distinct customers; months do not add up
    primary key (month_start)
)
diststyle all
sortkey (month_start);

select
    dim_date.month_start,
    count(*) as sales,
    sum(fact_sales.amount) as revenue,
    count(distinct fact_sales.customer_id) as customers
from fact_sales
inner join dim_date on fact_sales.date_key = dim_date.date_key
group by dim_date.month_start;
