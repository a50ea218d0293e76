-- One row per song of the catalog.
-- A song with several records keeps one whole record: the latest year, then the first in the alphabet.
-- load: upsert
create table if not exists songs (
    song_id varchar(32) not null, -- Song
    title varchar(1024) not null, -- Title
    artist_id varchar(32) not null, -- Artist of the song
    year integer, -- Year of release, 0 if unknown
    duration double precision, -- Seconds
    artist_name varchar(1024) not null, -- Artist as credited on this song; plays are matched on it
    primary key (song_id),
    foreign key (artist_id) references artists (artist_id)
)
diststyle all
sortkey (song_id);

with ranked as (
    select
        staging_songs.*,
        row_number() over (
            partition by song_id
            order by coalesce(year, 0) desc, title asc, artist_name asc, artist_id asc, duration asc, year asc
        ) as record_rank
    from staging_songs
)

select
    song_id,
    title,
    artist_id,
    year,
    duration,
    artist_name
from ranked
where record_rank = 1;
