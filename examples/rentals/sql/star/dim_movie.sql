-- One row per film of the catalog.
-- A film of several categories has the first of them by name.
-- load: upsert
create table if not exists dim_movie (
    film_id integer not null, -- Film
    title varchar(255) not null, -- Title
    release_year integer, -- Year of release
    language varchar(20) not null, -- Language
    category varchar(25), -- Category
    rating varchar(8), -- Rating of the MPAA
    length_minutes integer, -- Length
    rental_rate decimal(4, 2) not null, -- Price of a rental in dollars
    special_features varchar(255), -- Extras, a JSON array
    primary key (film_id)
)
diststyle all
sortkey (film_id);

with categories as (
    select
        staging_film_category.film_id,
        min(staging_category.name) as category
    from staging_film_category
    inner join staging_category on staging_film_category.category_id = staging_category.category_id
    group by staging_film_category.film_id
)

select
    staging_film.film_id,
    staging_film.title,
    staging_film.release_year,
    staging_language.name as language,
    categories.category,
    staging_film.rating,
    cast(staging_film.length as integer) as length_minutes,
    staging_film.rental_rate,
    staging_film.special_features
from staging_film
inner join staging_language on staging_film.language_id = staging_language.language_id
left join categories on staging_film.film_id = categories.film_id;
