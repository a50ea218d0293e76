-- One row per song of the catalogue.
-- A song with several records keeps one whole record: the latest year, then the first in the alphabet.
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

drop table if exists chosen_songs;

create temp table chosen_songs as
select
    song_id,
    title,
    artist_id,
    year,
    duration,
    artist_name
from (
    select
        song_id,
        title,
        artist_id,
        year,
        duration,
        artist_name,
        row_number() over (
            partition by song_id
            order by coalesce(year, 0) desc, title asc, artist_name asc, artist_id asc, duration asc, year asc
        ) as place
    from staging_songs
) as records
where place = 1;

drop table if exists changed_songs;

create temp table changed_songs as
select
    song_id,
    title,
    artist_id,
    year,
    duration,
    artist_name
from chosen_songs
except
select
    song_id,
    title,
    artist_id,
    year,
    duration,
    artist_name
from songs;

delete from songs
using changed_songs
where songs.song_id = changed_songs.song_id;

insert into songs (song_id, title, artist_id, year, duration, artist_name)
select
    song_id,
    title,
    artist_id,
    year,
    duration,
    artist_name
from changed_songs;

-- prune
delete from songs
where song_id not in (select song_id from staging_songs);
