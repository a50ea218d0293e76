-- One row per address.
-- source: address, without address2, phone, last_update
create table if not exists staging_address (
    address_id integer not null, -- Address
    address varchar(100) not null, -- Street
    district varchar(50) not null, -- District
    city_id integer not null, -- City
    postal_code varchar(10), -- Postal code
    primary key (address_id)
)
diststyle all
sortkey (address_id);
