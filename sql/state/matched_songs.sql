-- The catalogue as `songplays` was last matched with: the difference to `songs` names the plays to match again.
create table if not exists matched_songs (
    song_id varchar(32) not null, -- Song
    artist_id varchar(32) not null, -- Artist of the song
    title varchar(1024) not null, -- Title which plays are matched on
    artist_name varchar(1024) not null, -- Artist name which plays are matched on
    duration double precision, -- Seconds, which decides between songs of one title
    primary key (song_id)
)
diststyle all;
