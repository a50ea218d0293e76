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

missing as (
    select
        month_start,
        store_id,
        all_months,
        all_stores,
        sales,
        revenue
    from by_union_all
    except
    select
        month_start,
        store_id,
        all_months,
        all_stores,
        sales,
        revenue
    from slice_pg_13
),

surplus as (
    select
        month_start,
        store_id,
        all_months,
        all_stores,
        sales,
        revenue
    from slice_pg_13
    except
    select
        month_start,
        store_id,
        all_months,
        all_stores,
        sales,
        revenue
    from by_union_all
)

select
    month_start,
    store_id,
    all_months,
    all_stores,
    sales,
    revenue
from missing
union all
select
    month_start,
    store_id,
    all_months,
    all_stores,
    sales,
    revenue
from surplus;
