-- The rows are those of one GROUP BY per grouping set, put together by UNION ALL.
-- severity: error
with by_union_all as (
    select
        dim_date.month_start,
        fact_sales.store_id,
        0 as all_months,
        0 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_date on fact_sales.date_key = dim_date.date_key
    left join dim_movie on fact_sales.film_id = dim_movie.film_id
    where dim_movie.rating = 'PG-13'
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
    from slice_pg_13
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
