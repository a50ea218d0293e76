-- One row per film and category.
-- source: film_category, without last_update
create table if not exists staging_film_category (
    film_id integer not null, -- Film
    category_id integer not null, -- Category
    primary key (film_id, category_id)
)
diststyle all
sortkey (film_id, category_id);
