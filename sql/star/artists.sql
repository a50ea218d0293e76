-- One row per artist of the catalogue.
-- An artist with several names or places keeps those of one whole record: one with coordinates before one with a
-- place alone before one without, then the latest year, then the lowest song and the first in the alphabet.
create table if not exists artists (
    artist_id varchar(32) not null, -- Artist
    name varchar(1024) not null, -- Name in the chosen record
    location varchar(1024), -- Place in free text, often empty
    latitude double precision, -- Degrees north
    longitude double precision, -- Degrees east
    primary key (artist_id)
)
diststyle all
sortkey (artist_id);

drop table if exists chosen_artists;

create temp table chosen_artists as
select
    artist_id,
    artist_name as name,
    artist_location as location,
    artist_latitude as latitude,
    artist_longitude as longitude
from (
    select
        artist_id,
        artist_name,
        artist_location,
        artist_latitude,
        artist_longitude,
        row_number() over (
            partition by artist_id
            order by
                case
                    when artist_latitude is not null and artist_longitude is not null then 0
                    when artist_location <> '' then 1
                    else 2
                end asc,
                coalesce(year, 0) desc,
                song_id asc,
                artist_name asc,
                artist_location asc,
                artist_latitude asc,
                artist_longitude asc
        ) as place
    from staging_songs
) as records
where place = 1;

drop table if exists changed_artists;

create temp table changed_artists as
select
    artist_id,
    name,
    location,
    latitude,
    longitude
from chosen_artists
except
select
    artist_id,
    name,
    location,
    latitude,
    longitude
from artists;

delete from artists
using changed_artists
where artists.artist_id = changed_artists.artist_id;

insert into artists (artist_id, name, location, latitude, longitude)
select
    artist_id,
    name,
    location,
    latitude,
    longitude
from changed_artists;

-- prune
delete from artists
where artist_id not in (select artist_id from staging_songs);
