-- One row per category of films.
-- source: category, without last_update
create table if not exists staging_category (
    category_id integer not null, -- Category
    name varchar(25) not null, -- Name
    primary key (category_id)
)
diststyle all
sortkey (category_id);
