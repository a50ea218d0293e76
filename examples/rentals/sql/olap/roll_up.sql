-- Roll-up: cities add up to countries, and countries to all.
-- One row per city, per country and for all.
-- The check equals_union_all compares it with one GROUP BY per set, put together by UNION ALL.
create table if not exists roll_up (
    country varchar(50), -- Country of the customer; null in a total
    city varchar(50), -- City of the customer; null in a total
    all_countries integer not null, -- 1 if the row adds up all of them
    all_cities integer not null, -- 1 if the row adds up all of them
    sales bigint not null, -- Payments
    revenue decimal(12, 2) not null, -- Dollars
    unique (country, city, all_countries, all_cities)
)
diststyle all
sortkey (country, city);

select
    dim_customer.country,
    dim_customer.city,
    grouping(dim_customer.country) as all_countries,
    grouping(dim_customer.city) as all_cities,
    count(*) as sales,
    sum(fact_sales.amount) as revenue
from fact_sales
inner join dim_customer on fact_sales.customer_id = dim_customer.customer_id
group by rollup (dim_customer.country, dim_customer.city);
