-- The tables of Pagila, a shop which rents DVDs, in third normal form; without views, functions and triggers.
create type mpaa_rating as enum ('G', 'PG', 'PG-13', 'R', 'NC-17');
create domain year as integer check (value between 1901 and 2155);

create table country (
    country_id integer primary key,
    country text not null,
    last_update timestamptz not null default now()
);
create table city (
    city_id integer primary key,
    city text not null,
    country_id integer not null references country,
    last_update timestamptz not null default now()
);
create table address (
    address_id integer primary key,
    address text not null,
    address2 text,
    district text not null,
    city_id integer not null references city,
    postal_code text,
    phone text not null,
    last_update timestamptz not null default now()
);
create table language (
    language_id integer primary key,
    name character(20) not null,
    last_update timestamptz not null default now()
);
create table category (
    category_id integer primary key,
    name text not null,
    last_update timestamptz not null default now()
);
create table actor (
    actor_id integer primary key,
    first_name text not null,
    last_name text not null,
    last_update timestamptz not null default now()
);
create table film (
    film_id integer primary key,
    title text not null,
    description text,
    release_year year,
    language_id integer not null references language,
    original_language_id integer references language,
    rental_duration smallint not null default 3,
    rental_rate numeric(4, 2) not null default 4.99,
    length smallint,
    replacement_cost numeric(5, 2) not null default 19.99,
    rating mpaa_rating default 'G',
    last_update timestamptz not null default now(),
    special_features text[],
    fulltext tsvector not null
);
create table film_actor (
    actor_id integer references actor,
    film_id integer references film,
    last_update timestamptz not null default now(),
    primary key (actor_id, film_id)
);
create table film_category (
    film_id integer references film,
    category_id integer references category,
    last_update timestamptz not null default now(),
    primary key (film_id, category_id)
);
create table store (
    store_id integer primary key,
    manager_staff_id integer not null,
    address_id integer not null references address,
    last_update timestamptz not null default now()
);
create table staff (
    staff_id integer primary key,
    first_name text not null,
    last_name text not null,
    address_id integer not null references address,
    email text,
    store_id integer not null references store,
    active boolean not null default true,
    username text not null,
    password text,
    last_update timestamptz not null default now(),
    picture bytea
);
create table customer (
    customer_id integer primary key,
    store_id integer not null references store,
    first_name text not null,
    last_name text not null,
    email text,
    address_id integer not null references address,
    activebool boolean not null default true,
    create_date date not null default current_date,
    last_update timestamptz default now(),
    active integer
);
create table inventory (
    inventory_id integer primary key,
    film_id integer not null references film,
    store_id integer not null references store,
    last_update timestamptz not null default now()
);
create table rental (
    rental_id integer primary key,
    rental_date timestamptz not null,
    inventory_id integer not null references inventory,
    customer_id integer not null references customer,
    return_date timestamptz,
    staff_id integer not null references staff,
    last_update timestamptz not null default now()
);
create table payment (
    payment_id integer not null,
    customer_id integer not null references customer,
    staff_id integer not null references staff,
    rental_id integer not null references rental,
    amount numeric(5, 2) not null,
    payment_date timestamptz not null,
    primary key (payment_date, payment_id)
) partition by range (payment_date);
create table payment_p1 partition of payment for values from (minvalue) to ('2022-03-01 00:00+00');
create table payment_p2 partition of payment for values from ('2022-03-01 00:00+00') to ('2022-05-01 00:00+00');
create table payment_p3 partition of payment for values from ('2022-05-01 00:00+00') to (maxvalue);
