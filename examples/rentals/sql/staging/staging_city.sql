-- One row per city.
-- source: city, without last_update
create table if not exists staging_city (
    city_id integer not null, -- City
    city varchar(50) not null, -- Name
    country_id integer not null, -- Country
    primary key (city_id)
)
diststyle all
sortkey (city_id);
