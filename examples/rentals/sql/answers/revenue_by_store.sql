-- Which store earns more?
-- One row per store, by the copies which it holds.
create table if not exists revenue_by_store (
    store_id integer not null, -- Store
    city varchar(50) not null, -- City of the store
    sales bigint not null, -- Payments
    revenue decimal(12, 2) not null, -- Dollars
    primary key (store_id)
)
diststyle all
sortkey (store_id);

select
    dim_store.store_id,
    dim_store.city,
    count(*) as sales,
    sum(fact_sales.amount) as revenue
from fact_sales
inner join dim_store on fact_sales.store_id = dim_store.store_id
group by dim_store.store_id, dim_store.city;
