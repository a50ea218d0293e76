-- The rows are those of one GROUP BY per grouping set, put together by UNION ALL.
-- severity: error
with by_union_all as (
    select
        dim_date.month_start,
        cast(null as integer) as store_id,
        0 as all_months,
        1 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_date on fact_sales.date_key = dim_date.date_key
    group by dim_date.month_start
    union all
    select
        cast(null as date) as month_start,
        fact_sales.store_id,
        1 as all_months,
        0 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    group by fact_sales.store_id
    union all
    select
        dim_date.month_start,
        fact_sales.store_id,
        0 as all_months,
        0 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_date on fact_sales.date_key = dim_date.date_key
    group by dim_date.month_start, fact_sales.store_id
),

counted as (
    select
        month_start,
        store_id,
        all_months,
        all_stores,
        sales,
        revenue,
        1 as times
    from by_union_all
    union all
    select
        month_start,
        store_id,
        all_months,
        all_stores,
        sales,
        revenue,
        -1 as times
    from grouping_sets
)

select
    month_start,
    store_id,
    all_months,
    all_stores,
    sales,
    revenue
from counted
group by
    month_start,
    store_id,
    all_months,
    all_stores,
    sales,
    revenue
having sum(times) <> 0;
