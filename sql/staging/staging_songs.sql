-- One row per song record of the catalog files, as written: a record in two files is kept twice.
-- check: every_record_accounted
-- check: garbled a=title b=artist_name c=artist_location
create table if not exists staging_songs (
    artist_id varchar(32) not null, -- Artist of the song
    artist_latitude double precision, -- Degrees north, often unknown
    artist_location varchar(1024), -- Place of the artist in free text, often empty
    artist_longitude double precision, -- Degrees east, often unknown
    artist_name varchar(1024) not null, -- Artist as credited on this song
    duration double precision, -- Seconds
    num_songs integer, -- Songs in the record, always 1
    song_id varchar(32) not null, -- Song
    title varchar(1024) not null, -- Title of the song
    year integer, -- Year of release, 0 if unknown
    source_file varchar(1024) not null -- File of the lake which holds the record
)
diststyle all
sortkey (song_id);
