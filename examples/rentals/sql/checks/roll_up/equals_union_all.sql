-- The rows are those of one GROUP BY per grouping set, put together by UNION ALL.
-- severity: error
with by_union_all as (
    select
        dim_customer.country,
        dim_customer.city,
        0 as all_countries,
        0 as all_cities,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_customer on fact_sales.customer_id = dim_customer.customer_id
    group by dim_customer.country, dim_customer.city
    union all
    select
        dim_customer.country,
        cast(null as varchar(50)) as city,
        0 as all_countries,
        1 as all_cities,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_customer on fact_sales.customer_id = dim_customer.customer_id
    group by dim_customer.country
    union all
    select
        cast(null as varchar(50)) as country,
        cast(null as varchar(50)) as city,
        1 as all_countries,
        1 as all_cities,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
),

counted as (
    select
        country,
        city,
        all_countries,
        all_cities,
        sales,
        revenue,
        1 as times
    from by_union_all
    union all
    select
        country,
        city,
        all_countries,
        all_cities,
        sales,
        revenue,
        -1 as times
    from roll_up
)

select
    country,
    city,
    all_countries,
    all_cities,
    sales,
    revenue
from counted
group by
    country,
    city,
    all_countries,
    all_cities,
    sales,
    revenue
having sum(times) <> 0;
