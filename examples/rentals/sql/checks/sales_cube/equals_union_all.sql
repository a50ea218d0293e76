-- The rows are those of one GROUP BY per grouping set, put together by UNION ALL.
-- severity: error
with by_union_all as (
    select
        dim_date.month_start,
        dim_movie.rating,
        fact_sales.store_id,
        0 as all_months,
        0 as all_ratings,
        0 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_date on fact_sales.date_key = dim_date.date_key
    left join dim_movie on fact_sales.film_id = dim_movie.film_id
    group by dim_date.month_start, dim_movie.rating, fact_sales.store_id
    union all
    select
        dim_date.month_start,
        dim_movie.rating,
        cast(null as integer) as store_id,
        0 as all_months,
        0 as all_ratings,
        1 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_date on fact_sales.date_key = dim_date.date_key
    left join dim_movie on fact_sales.film_id = dim_movie.film_id
    group by dim_date.month_start, dim_movie.rating
    union all
    select
        dim_date.month_start,
        cast(null as varchar(8)) as rating,
        fact_sales.store_id,
        0 as all_months,
        1 as all_ratings,
        0 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_date on fact_sales.date_key = dim_date.date_key
    group by dim_date.month_start, fact_sales.store_id
    union all
    select
        cast(null as date) as month_start,
        dim_movie.rating,
        fact_sales.store_id,
        1 as all_months,
        0 as all_ratings,
        0 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    left join dim_movie on fact_sales.film_id = dim_movie.film_id
    group by dim_movie.rating, fact_sales.store_id
    union all
    select
        dim_date.month_start,
        cast(null as varchar(8)) as rating,
        cast(null as integer) as store_id,
        0 as all_months,
        1 as all_ratings,
        1 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    inner join dim_date on fact_sales.date_key = dim_date.date_key
    group by dim_date.month_start
    union all
    select
        cast(null as date) as month_start,
        dim_movie.rating,
        cast(null as integer) as store_id,
        1 as all_months,
        0 as all_ratings,
        1 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    left join dim_movie on fact_sales.film_id = dim_movie.film_id
    group by dim_movie.rating
    union all
    select
        cast(null as date) as month_start,
        cast(null as varchar(8)) as rating,
        fact_sales.store_id,
        1 as all_months,
        1 as all_ratings,
        0 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
    group by fact_sales.store_id
    union all
    select
        cast(null as date) as month_start,
        cast(null as varchar(8)) as rating,
        cast(null as integer) as store_id,
        1 as all_months,
        1 as all_ratings,
        1 as all_stores,
        count(*) as sales,
        sum(fact_sales.amount) as revenue
    from fact_sales
),

counted as (
    select
        month_start,
        rating,
        store_id,
        all_months,
        all_ratings,
        all_stores,
        sales,
        revenue,
        1 as times
    from by_union_all
    union all
    select
        month_start,
        rating,
        store_id,
        all_months,
        all_ratings,
        all_stores,
        sales,
        revenue,
        -1 as times
    from sales_cube
)

select
    month_start,
    rating,
    store_id,
    all_months,
    all_ratings,
    all_stores,
    sales,
    revenue
from counted
group by
    month_start,
    rating,
    store_id,
    all_months,
    all_ratings,
    all_stores,
    sales,
    revenue
having sum(times) <> 0;
