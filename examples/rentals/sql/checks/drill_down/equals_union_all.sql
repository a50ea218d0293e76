-- The rows are those of one GROUP BY per grouping set, put together by UNION ALL.
-- severity: error
with by_union_all as (
    select
        dim_customer.city,
        cast(null as varchar(50)) as district,
        0 as all_cities,
        1 as all_districts,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_customer on fact_sales.customer_id = dim_customer.customer_id
    group by dim_customer.city
    union all
    select
        dim_customer.city,
        dim_customer.district,
        0 as all_cities,
        0 as all_districts,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_customer on fact_sales.customer_id = dim_customer.customer_id
    group by dim_customer.city, dim_customer.district
),

counted as (
    select
        city,
        district,
        all_cities,
        all_districts,
        sales,
        revenue,
        1 as times
    from by_union_all
    union all
    select
        city,
        district,
        all_cities,
        all_districts,
        sales,
        revenue,
        -1 as times
    from drill_down
)

select
    city,
    district,
    all_cities,
    all_districts,
    sales,
    revenue
from counted
group by
    city,
    district,
    all_cities,
    all_districts,
    sales,
    revenue
having sum(times) <> 0;
