-- Where do the customers live?
-- One row per city of a customer, the one with the most revenue first.
create table if not exists revenue_by_city (
    city_rank bigint not null, -- 1 for the city with the most revenue
    city varchar(50) not null, -- City
    country varchar(50) not null, -- Country
    sales bigint not null, -- Payments
    revenue decimal(12, 2) not null, -- Dollars
    primary key (city_rank)
)
diststyle all
sortkey (city_rank);

with cities as (
    select
        dim_customer.city,
        dim_customer.country,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_customer on fact_sales.customer_id = dim_customer.customer_id
    group by dim_customer.city, dim_customer.country
)

select
    row_number() over (order by revenue desc, city asc, country asc) as city_rank,
    city,
    country,
    sales,
    revenue
from cities;
