-- One row per artist of the catalog.
-- An artist with several names or places keeps those of one whole record: one with coordinates before one with a
-- place alone before one without, then the latest year, then the lowest song and the first in the alphabet.
-- load: upsert
create table if not exists artists (
    artist_id varchar(32) not null, -- Artist
    name varchar(1024) not null, -- Name in the record which is kept
    location varchar(1024), -- Place in free text, often empty
    latitude double precision, -- Degrees north
    longitude double precision, -- Degrees east
    primary key (artist_id)
)
diststyle all
sortkey (artist_id);

with ranked as (
    select
        staging_songs.*,
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
        ) as record_rank
    from staging_songs
)

select
    artist_id,
    artist_name as name,
    artist_location as location,
    artist_latitude as latitude,
    artist_longitude as longitude
from ranked
where record_rank = 1;
