-- One row per copy of a film, in the store which holds it.
-- source: inventory, without last_update
create table if not exists staging_inventory (
    inventory_id integer not null, -- Copy
    film_id integer not null, -- Film
    store_id integer not null, -- Store which holds it
    primary key (inventory_id)
)
diststyle all
sortkey (inventory_id);
