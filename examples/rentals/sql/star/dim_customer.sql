-- One row per customer, as the shop knows them today.
-- load: upsert
create table if not exists dim_customer (
    customer_id integer not null, -- Customer; the key of the source, since there is one source and no history
    first_name varchar(45) not null, -- First name
    last_name varchar(45) not null, -- Last name
    email varchar(100), -- Address
    city varchar(50) not null, -- City where the customer lives
    district varchar(50) not null, -- District of the city
    country varchar(50) not null, -- Country
    is_active boolean not null, -- Whether the customer may rent
    signed_up_on date not null, -- Day of the sign-up
    primary key (customer_id)
)
diststyle all
sortkey (customer_id);

select
    staging_customer.customer_id,
    staging_customer.first_name,
    staging_customer.last_name,
    staging_customer.email,
    staging_city.city,
    staging_address.district,
    staging_country.country,
    staging_customer.activebool as is_active,
    staging_customer.create_date as signed_up_on
from staging_customer
inner join staging_address on staging_customer.address_id = staging_address.address_id
inner join staging_city on staging_address.city_id = staging_city.city_id
inner join staging_country on staging_city.country_id = staging_country.country_id;
