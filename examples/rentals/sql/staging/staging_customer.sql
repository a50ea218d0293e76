-- One row per customer.
-- source: customer, without last_update, active
create table if not exists staging_customer (
    customer_id integer not null, -- Customer
    store_id integer not null, -- Store where the customer signed up
    first_name varchar(45) not null, -- First name
    last_name varchar(45) not null, -- Last name
    email varchar(100), -- Address
    address_id integer not null, -- Where the customer lives
    activebool boolean not null, -- Whether the customer may rent
    create_date date not null, -- Day of the sign-up
    primary key (customer_id)
)
diststyle all
sortkey (customer_id);
