-- One row per play: an event with page NextSong, known by session and item in session. A repeat counts once.
-- A play matches a song on title and artist name; among several the nearest duration, then the lowest song_id.
-- A play of a song outside the catalog is kept, with null song and artist.
-- load: days
create table if not exists songplays (
    songplay_id bigint identity (0, 1) not null, -- Surrogate key without meaning; new after a reload
    start_time timestamp not null, -- Start of the play, UTC with milliseconds
    user_id integer, -- Listener
    level varchar(16), -- free or paid at the time of the play
    song_id varchar(32), -- Song, null if not in the catalog
    artist_id varchar(32), -- Artist of that song
    session_id integer not null, -- Session of the listener
    location varchar(1024), -- Metropolitan area and states of the listener
    user_agent varchar(2048), -- Browser of the listener
    item_in_session integer not null, -- Position in the session, from 0
    played_title varchar(1024), -- Title as the player sent it, in the catalog or not
    played_artist varchar(1024), -- Artist as the player sent it
    played_seconds integer, -- Length of the song in whole seconds, which add up alike on every engine; null if not sane
    log_date date not null, -- Day of the log file which holds the play
    primary key (songplay_id),
    unique (session_id, item_in_session),
    foreign key (start_time) references time (start_time),
    foreign key (user_id) references users (user_id),
    foreign key (song_id) references songs (song_id),
    foreign key (artist_id) references artists (artist_id)
)
diststyle even
sortkey (start_time);

-- Titles which the catalog gained, lost or changed with this load.
create temp table changed_titles as
select
    rtrim(title) as title,
    rtrim(artist_name) as artist
from new_songs
union
select
    rtrim(title) as title,
    rtrim(artist_name) as artist
from old_songs;

-- Plays whose row does not follow from one line of these days: their rows are replaced under whatever day they are.
create temp table affected_songplays as
-- repeated within the days
select
    session_id,
    item_in_session
from plays
where log_date between :first_day and :last_day
group by session_id, item_in_session
having count(*) > 1
union
-- stored under another day
select
    songplays.session_id,
    songplays.item_in_session
from songplays
inner join plays
    on songplays.session_id = plays.session_id and songplays.item_in_session = plays.item_in_session
where
    plays.log_date between :first_day and :last_day
    and songplays.log_date not between :first_day and :last_day
union
-- stored under these days, and repeated in another day, which may hold it from now on
select
    songplays.session_id,
    songplays.item_in_session
from songplays
inner join plays
    on songplays.session_id = plays.session_id and songplays.item_in_session = plays.item_in_session
where
    songplays.log_date between :first_day and :last_day
    and plays.log_date not between :first_day and :last_day
union
-- to be matched again
select
    plays.session_id,
    plays.item_in_session
from plays
inner join changed_titles
    on plays.matched_title = changed_titles.title and plays.matched_artist = changed_titles.artist
where plays.log_date not between :first_day and :last_day;

-- Of the lines which repeat a play the earliest counts; the content decides between equals.
create temp table affected_lines as
select
    plays.*,
    row_number() over (
        partition by plays.session_id, plays.item_in_session
        order by
            plays.start_time asc,
            plays.user_id asc,
            plays.level asc,
            plays.title asc,
            plays.artist asc,
            plays.seconds asc,
            plays.location asc,
            plays.user_agent asc,
            plays.log_date asc
    ) as line_rank
from plays
inner join affected_songplays
    on
        plays.session_id = affected_songplays.session_id
        and plays.item_in_session = affected_songplays.item_in_session;

-- The song of each played title, artist and length which the catalog knows; -1 stands for no length.
create temp table song_matches as
with played as (
    select
        matched_title as title,
        matched_artist as artist,
        coalesce(seconds, -1) as seconds
    from plays
    where log_date between :first_day and :last_day
    union
    select
        matched_title as title,
        matched_artist as artist,
        coalesce(seconds, -1) as seconds
    from affected_lines
),

candidates as (
    select
        played.title,
        played.artist,
        played.seconds,
        songs.song_id,
        songs.artist_id,
        row_number() over (
            partition by played.title, played.artist, played.seconds
            order by abs(songs.duration - nullif(played.seconds, -1)) asc, songs.song_id asc
        ) as song_rank
    from played
    inner join songs on played.title = rtrim(songs.title) and played.artist = rtrim(songs.artist_name)
)

select
    title,
    artist,
    seconds,
    song_id,
    artist_id
from candidates
where song_rank = 1;

with counted as (
    select plays.*
    from plays
    left join affected_songplays
        on
            plays.session_id = affected_songplays.session_id
            and plays.item_in_session = affected_songplays.item_in_session
    where plays.log_date between :first_day and :last_day and affected_songplays.session_id is null
    union all
    select
        start_time,
        user_id,
        level,
        session_id,
        item_in_session,
        title,
        artist,
        matched_title,
        matched_artist,
        seconds,
        location,
        user_agent,
        log_date
    from affected_lines
    where line_rank = 1
)

select
    counted.start_time,
    counted.user_id,
    counted.level,
    song_matches.song_id,
    song_matches.artist_id,
    counted.session_id,
    counted.location,
    counted.user_agent,
    counted.item_in_session,
    counted.title as played_title,
    counted.artist as played_artist,
    case
        when counted.seconds >= 0 and counted.seconds <= 86400 then cast(floor(counted.seconds + 0.5) as integer)
    end as played_seconds,
    counted.log_date
from counted
left join song_matches
    on
        counted.matched_title = song_matches.title
        and counted.matched_artist = song_matches.artist
        and coalesce(counted.seconds, -1) = song_matches.seconds;
