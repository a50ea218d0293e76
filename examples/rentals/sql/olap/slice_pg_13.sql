-- Slice: one rating alone, so that a dimension is gone.
-- One row per month and store, for films rated PG-13.
-- The check equals_union_all compares it with one GROUP BY per set, put together by UNION ALL.
create table if not exists slice_pg_13 (
    month_start date, -- First day of the month; null in a total
    store_id integer, -- Store which holds the copy; null in a total
    all_months integer not null, -- 1 if the row adds up all of them
    all_stores integer not null, -- 1 if the row adds up all of them
    sales bigint not null, -- Payments
    revenue decimal(12, 2) not null, -- Dollars
    unique (month_start, store_id, all_months, all_stores)
)
diststyle all
sortkey (month_start, store_id);

select
    dim_date.month_start,
    fact_sales.store_id,
    grouping(dim_date.month_start) as all_months,
    grouping(fact_sales.store_id) as all_stores,
    count(*) as sales,
    sum(fact_sales.amount) as revenue
from fact_sales
inner join dim_date on fact_sales.date_key = dim_date.date_key
left join dim_movie on fact_sales.film_id = dim_movie.film_id
where dim_movie.rating = 'PG-13'
group by grouping sets ((dim_date.month_start, fact_sales.store_id));
