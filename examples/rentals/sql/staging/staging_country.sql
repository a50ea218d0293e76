-- One row per country.
-- source: country, without last_update
create table if not exists staging_country (
    country_id integer not null, -- Country
    country varchar(50) not null, -- Name
    primary key (country_id)
)
diststyle all
sortkey (country_id);
