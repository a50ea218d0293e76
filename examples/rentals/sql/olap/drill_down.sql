-- Drill-down: a city falls into its districts.
-- One row per city and per district of it.
-- The check equals_union_all compares it with one GROUP BY per set, put together by UNION ALL.
create table if not exists drill_down (
    city varchar(50), -- City of the customer; null in a total
    district varchar(50), -- District of the customer; null in a total
    all_cities integer not null, -- 1 if the row adds up all of them
    all_districts integer not null, -- 1 if the row adds up all of them
    sales bigint not null, -- Payments
    revenue decimal(12, 2) not null, -- Dollars
    unique (city, district, all_cities, all_districts)
)
diststyle all
sortkey (city, district);

select
    dim_customer.city,
    dim_customer.district,
    grouping(dim_customer.city) as all_cities,
    grouping(dim_customer.district) as all_districts,
    count(*) as sales,
    sum(fact_sales.amount) as revenue
from fact_sales
inner join dim_customer on fact_sales.customer_id = dim_customer.customer_id
group by grouping sets ((dim_customer.city), (dim_customer.city, dim_customer.district));
