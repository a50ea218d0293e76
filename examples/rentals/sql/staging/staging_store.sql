-- One row per store.
-- source: store, without last_update
create table if not exists staging_store (
    store_id integer not null, -- Store
    manager_staff_id integer not null, -- Who manages it
    address_id integer not null, -- Where it is
    primary key (store_id)
)
diststyle all
sortkey (store_id);
