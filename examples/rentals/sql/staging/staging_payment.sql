-- One row per payment; a payment of 0 is one too.
-- source: payment, by payment_date overlap 7 days
create table if not exists staging_payment (
    payment_id integer not null, -- Payment
    customer_id integer not null, -- Who paid
    staff_id integer not null, -- Who took the money
    rental_id integer, -- Rental which was paid, of which there may be several payments
    amount decimal(5, 2) not null, -- Amount in dollars
    payment_date timestamp not null, -- When, UTC
    primary key (payment_id)
)
diststyle even
sortkey (payment_id);
