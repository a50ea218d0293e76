-- One row per store.
-- load: upsert
create table if not exists dim_store (
    store_id integer not null, -- Store
    city varchar(50) not null, -- City
    country varchar(50) not null, -- Country
    manager varchar(91), -- Who manages it
    primary key (store_id)
)
diststyle all
sortkey (store_id);

select
    staging_store.store_id,
    staging_city.city,
    staging_country.country,
    staging_staff.first_name || ' ' || staging_staff.last_name as manager
from staging_store
inner join staging_address on staging_store.address_id = staging_address.address_id
inner join staging_city on staging_address.city_id = staging_city.city_id
inner join staging_country on staging_city.country_id = staging_country.country_id
left join staging_staff on staging_store.manager_staff_id = staging_staff.staff_id;
