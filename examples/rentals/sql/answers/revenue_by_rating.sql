-- Which ratings sell?
-- One row per rating of the MPAA.
create table if not exists revenue_by_rating (
    rating varchar(8) not null, -- Rating, unknown where the film has none
    sales bigint not null, -- Payments
    revenue decimal(12, 2) not null, -- Dollars
    primary key (rating)
)
diststyle all
sortkey (rating);

select
    coalesce(dim_movie.rating, 'unknown') as rating,
    count(*) as sales,
    sum(fact_sales.amount) as revenue
from fact_sales
left join dim_movie on fact_sales.film_id = dim_movie.film_id
group by coalesce(dim_movie.rating, 'unknown');
