-- One row per film.
-- source: film, without description, original_language_id, replacement_cost, last_update, fulltext
create table if not exists staging_film (
    film_id integer not null, -- Film
    title varchar(255) not null, -- Title
    release_year integer, -- Year of release
    language_id integer not null, -- Language
    rental_duration smallint not null, -- Days for which it is lent
    rental_rate decimal(4, 2) not null, -- Price in dollars
    length smallint, -- Minutes
    rating varchar(8), -- Rating of the MPAA
    special_features varchar(255), -- Extras, a JSON array
    primary key (film_id)
)
diststyle all
sortkey (film_id);
