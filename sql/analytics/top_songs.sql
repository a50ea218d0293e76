-- One row per song as played: title and artist as the player sent them, whether the catalog knows them or not.
-- Over all plays; equal numbers of plays rank by listeners, then by the alphabet.
-- check: adds_up_to_songplays
create table if not exists top_songs (
    rank integer not null, -- 1 for the most played song
    title varchar(1024), -- Title as played, null if the log has none
    artist varchar(1024), -- Artist as played, null if the log has none
    plays bigint not null, -- Plays
    listeners bigint not null, -- Distinct users
    matched_plays bigint not null, -- Plays which match a song of the catalog
    primary key (rank),
    unique (title, artist)
)
diststyle all
sortkey (rank);

with songs_played as (
    select
        title,
        artist,
        count(*) as plays,
        count(distinct user_id) as listeners,
        count(song_id) as matched_plays
    from placed_plays
    group by title, artist
)

select
    row_number() over (order by plays desc, listeners desc, title asc, artist asc) as rank,
    title,
    artist,
    plays,
    listeners,
    matched_plays
from songs_played;
