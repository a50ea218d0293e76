-- One row per copy of a film which a customer took home, returned or not.
-- source: rental, by last_update overlap 1 day
create table if not exists staging_rental (
    rental_id integer not null, -- Rental
    rental_date timestamp not null, -- When it began, UTC
    inventory_id integer not null, -- Copy
    customer_id integer not null, -- Who took it
    return_date timestamp, -- When it came back, UTC; null: not yet
    staff_id integer not null, -- Who handed it out
    last_update timestamp not null, -- Last change of the row, UTC
    primary key (rental_id)
)
diststyle even
sortkey (rental_id);
