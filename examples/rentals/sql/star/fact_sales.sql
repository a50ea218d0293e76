-- One row per payment: a payment is a sale, of 0 dollars too, and several of one rental are several sales.
-- The store is that which holds the copy, as in the shop's own view sales_by_store. The store of the clerk and that of
-- the customer are others in half of all rows.
-- The day is that of SPARKIFY_TIME_ZONE: in Los Angeles a third of the sales is of another day than in UTC.
-- A rental which has not come back yet is a sale all the same.
-- load: upsert
create table if not exists fact_sales (
    payment_id integer not null, -- Payment
    date_key integer not null, -- Day of the payment in SPARKIFY_TIME_ZONE
    customer_id integer not null, -- Who paid
    film_id integer, -- Film which was rented; null for a payment without a rental
    store_id integer, -- Store which holds the copy; null for a payment without a rental
    rental_id integer, -- Rental
    paid_at timestamp not null, -- When, UTC
    is_returned boolean, -- Whether the copy has come back; null for a payment without a rental
    amount decimal(5, 2) not null, -- Dollars; they add up
    primary key (payment_id),
    foreign key (date_key) references dim_date (date_key),
    foreign key (customer_id) references dim_customer (customer_id),
    foreign key (film_id) references dim_movie (film_id),
    foreign key (store_id) references dim_store (store_id)
)
diststyle even
sortkey (date_key);

with local_payments as (
    select
        payment_id,
        customer_id,
        rental_id,
        payment_date,
        amount,
        cast(payment_date at time zone 'UTC' at time zone :time_zone as date) as local_date
    from staging_payment
)

select
    local_payments.payment_id,
    cast(to_char(local_payments.local_date, 'YYYYMMDD') as integer) as date_key,
    local_payments.customer_id,
    staging_inventory.film_id,
    staging_inventory.store_id,
    local_payments.rental_id,
    local_payments.payment_date as paid_at,
    case when staging_rental.rental_id is not null then staging_rental.return_date is not null end as is_returned,
    local_payments.amount
from local_payments
left join staging_rental on local_payments.rental_id = staging_rental.rental_id
left join staging_inventory on staging_rental.inventory_id = staging_inventory.inventory_id;
