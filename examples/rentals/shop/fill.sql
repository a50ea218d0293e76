-- A shop of the sizes shop.customers, shop.films and shop.rentals: the same one for the same sizes.
-- A few payments are of 0 dollars, a few rentals have two payments, and the last rentals have not come back.

-- A number from 0 to choices - 1, another one for each row and each use, always the same.
create function pick(row_number bigint, use text, choices integer) returns integer language sql immutable as
$$ select (('x' || substr(md5(use || row_number), 1, 7))::bit(28)::integer % choices) $$;

create function word(number bigint, use text) returns text language sql immutable as
$$
    select initcap((string_to_array('am,bel,cor,da,el,fin,gra,hol,il,ju,ka,lo,mi,nor,os,pe,qui,ro,sa,tor', ','))[1 + pick(number, use || 1, 20)]
        || (string_to_array('bridge,den,field,ford,ham,land,mar,mont,ra,rico,stad,ton,vale,view,wick,wood', ','))[1 + pick(number, use || 2, 16)])
$$;

insert into country (country_id, country)
select n, (string_to_array('Brazil,Canada,China,Germany,India,Japan,Mexico,Nigeria,Poland,United States', ','))[n]
from generate_series(1, 10) as n;

insert into city (city_id, city, country_id)
select n, word(n, 'city') || case when n > 40 then ' ' || n else '' end, 1 + pick(n, 'country', 10)
from generate_series(1, 10 + current_setting('shop.customers')::integer / 3) as n;

insert into address (address_id, address, district, city_id, postal_code, phone)
select
    n, 1 + pick(n, 'house', 200) || ' ' || word(n, 'street') || ' Street', word(pick(n, 'district', 60), 'district'),
    1 + pick(n, 'city', 10 + current_setting('shop.customers')::integer / 3), lpad(pick(n, 'postal', 99999)::text, 5, '0'),
    '555-' || lpad(pick(n, 'phone', 9999)::text, 4, '0')
from generate_series(1, 4 + current_setting('shop.customers')::integer) as n;

insert into language (language_id, name) values (1, 'English'), (2, 'French'), (3, 'Japanese');
insert into category (category_id, name)
select n, (string_to_array('Action,Animation,Children,Comedy,Documentary,Drama,Family,Horror,Music,Sports', ','))[n]
from generate_series(1, 10) as n;

insert into actor (actor_id, first_name, last_name)
select n, word(n, 'first'), word(n, 'last') from generate_series(1, 50) as n;

insert into film (
    film_id, title, description, release_year, language_id, rental_duration, rental_rate, length, replacement_cost, rating,
    special_features, fulltext
)
select
    n, upper(word(n, 'film') || ' ' || word(n, 'title')), 'A tale of ' || word(n, 'tale'), 1980 + pick(n, 'year', 42),
    1 + pick(n, 'language', 3), 3 + pick(n, 'duration', 5), (array[0.99, 2.99, 4.99])[1 + pick(n, 'rate', 3)],
    46 + pick(n, 'length', 140), 9.99 + pick(n, 'cost', 20), (enum_range(null::mpaa_rating))[1 + pick(n, 'rating', 5)],
    case when pick(n, 'features', 4) > 0 then array['Trailers', 'Deleted Scenes'] end, to_tsvector('english', word(n, 'film'))
from generate_series(1, current_setting('shop.films')::integer) as n;

insert into film_actor (actor_id, film_id)
select distinct 1 + pick(film_id * 3 + n, 'actor', 50), film_id from film cross join generate_series(0, 2) as n;
insert into film_category (film_id, category_id) select film_id, 1 + pick(film_id, 'category', 10) from film;

insert into store (store_id, manager_staff_id, address_id) values (1, 1, 1), (2, 2, 2);
insert into staff (staff_id, first_name, last_name, address_id, email, store_id, username, password, picture) values
(1, 'Mika', 'Halvorsen', 3, 'mika@shop.example', 1, 'mika', 'not read', '\x89504e47'),
(2, 'Jonas', 'Steele', 4, 'jonas@shop.example', 2, 'jonas', 'not read', null);

insert into customer (customer_id, store_id, first_name, last_name, email, address_id, activebool, create_date)
select
    n, 1 + pick(n, 'store', 2), word(n, 'given'), word(n, 'family'), 'customer' || n || '@mail.example', n + 4,
    pick(n, 'active', 40) > 0, date '2022-01-01' + pick(n, 'joined', 20)
from generate_series(1, current_setting('shop.customers')::integer) as n;

insert into inventory (inventory_id, film_id, store_id)
select n, 1 + n / 4 % current_setting('shop.films')::integer, 1 + pick(n, 'held', 2)
from generate_series(1, 4 * current_setting('shop.films')::integer) as n;

insert into rental (rental_id, rental_date, inventory_id, customer_id, return_date, staff_id, last_update)
select
    n, rented, 1 + pick(n, 'copy', 4 * current_setting('shop.films')::integer),
    1 + pick(n, 'customer', current_setting('shop.customers')::integer),
    case when n <= 0.99 * current_setting('shop.rentals')::integer then rented + pick(n, 'kept', 200) * interval '1 hour' end,
    1 + pick(n, 'clerk', 2), rented
from (
    select
        n,
        timestamptz '2022-01-15 00:00+00' + n * (interval '190 days' / current_setting('shop.rentals')::integer)
        + pick(n, 'minute', 600) * interval '1 minute' as rented
    from generate_series(1, current_setting('shop.rentals')::integer) as n
) as rentals;

insert into payment (payment_id, customer_id, staff_id, rental_id, amount, payment_date)
select
    row_number() over (order by rental.rental_id, parts.part), rental.customer_id, 1 + pick(rental.rental_id, 'till', 2),
    rental.rental_id,
    case when pick(rental.rental_id, 'free', 500) = 0 then 0 else film.rental_rate + pick(rental.rental_id, 'late', 3) end,
    rental.rental_date + parts.part * interval '2 days'
from rental
inner join inventory using (inventory_id)
inner join film using (film_id)
inner join (values (0), (1)) as parts (part) on parts.part = 0 or pick(rental.rental_id, 'twice', 300) = 0;
