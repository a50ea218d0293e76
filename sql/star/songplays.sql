-- One row per play: an event with page NextSong, known by session and item in session. A repeat counts once.
-- A play matches a song on title and artist name; among several the nearest duration, then the lowest song_id.
-- A play of a song outside the catalogue is kept, with null song and artist.
create table if not exists songplays (
    songplay_id bigint identity (0, 1) not null, -- Surrogate key without meaning; new after a reload
    start_time timestamp not null, -- Start of the play, UTC with milliseconds
    user_id integer, -- Listener
    level varchar(16), -- free or paid at the time of the play
    song_id varchar(32), -- Song, null if not in the catalogue
    artist_id varchar(32), -- Artist of that song
    session_id integer not null, -- Session of the listener
    location varchar(1024), -- Metropolitan area and states of the listener
    user_agent varchar(2048), -- Browser of the listener
    item_in_session integer not null, -- Position in the session, from 0
    played_title varchar(1024), -- Title as the player sent it, in the catalogue or not
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

-- Songs which the catalogue still holds; the others leave `songs` with this load, once no play refers to them.
drop table if exists held_songs;

create temp table held_songs as
select
    songs.song_id,
    songs.artist_id,
    songs.title,
    songs.artist_name,
    songs.duration
from songs
where songs.song_id in (select staging_songs.song_id from staging_songs);

-- Titles whose catalogue entries differ from those the plays were last matched with.
drop table if exists changed_titles;

create temp table changed_titles as
select distinct
    rtrim(title) as title,
    rtrim(artist_name) as artist_name
from (
    (
        select
            song_id,
            artist_id,
            title,
            artist_name,
            duration
        from held_songs
        except
        select
            song_id,
            artist_id,
            title,
            artist_name,
            duration
        from matched_songs
    )
    union all
    (
        select
            song_id,
            artist_id,
            title,
            artist_name,
            duration
        from matched_songs
        except
        select
            song_id,
            artist_id,
            title,
            artist_name,
            duration
        from held_songs
    )
) as changes;

-- Plays whose row does not follow from a line of these days alone.
drop table if exists contested_plays;

create temp table contested_plays as
-- repeated within the days
select
    sessionId as session_id,
    itemInSession as item_in_session
from staging_events
where page = 'NextSong' and log_date between :first_day and :last_day
group by sessionId, itemInSession
having count(*) > 1
union
-- repeated in another day
select
    songplays.session_id,
    songplays.item_in_session
from songplays
inner join staging_events as events
    on
        songplays.session_id = events.sessionId
        and songplays.item_in_session = events.itemInSession
where
    events.page = 'NextSong'
    and events.log_date between :first_day and :last_day
    and songplays.log_date not between :first_day and :last_day
union
-- held by the days until now, and repeated in another day, which may hold it from now on
select
    songplays.session_id,
    songplays.item_in_session
from songplays
inner join staging_events as events
    on
        songplays.session_id = events.sessionId
        and songplays.item_in_session = events.itemInSession
where
    songplays.log_date between :first_day and :last_day
    and events.page = 'NextSong'
    and events.log_date not between :first_day and :last_day
union
-- to be matched again
select
    events.sessionId as session_id,
    events.itemInSession as item_in_session
from staging_events as events
inner join changed_titles
    on
        rtrim(events.song) = changed_titles.title
        and rtrim(events.artist) = changed_titles.artist_name
where
    events.page = 'NextSong'
    and events.log_date not between :first_day and :last_day;

-- Of a repeated play the earliest event counts; the content decides between equals.
drop table if exists contested_events;

create temp table contested_events as
select
    events.*,
    row_number() over (
        partition by events.sessionId, events.itemInSession
        order by
            events.ts asc,
            events.userId asc,
            events.level asc,
            events.song asc,
            events.artist asc,
            events.length asc,
            events.location asc,
            events.userAgent asc,
            events.log_date asc
    ) as place
from staging_events as events
inner join contested_plays
    on
        events.sessionId = contested_plays.session_id
        and events.itemInSession = contested_plays.item_in_session
where events.page = 'NextSong';

-- One row per played title, artist and length which the catalogue knows; -1 stands for no length.
drop table if exists song_matches;

create temp table song_matches as
select
    title,
    artist_name,
    length,
    song_id,
    artist_id
from (
    select
        played.title,
        played.artist_name,
        played.length,
        held_songs.song_id,
        held_songs.artist_id,
        row_number() over (
            partition by played.title, played.artist_name, played.length
            order by abs(held_songs.duration - nullif(played.length, -1)) asc, held_songs.song_id asc
        ) as place
    from (
        select
            rtrim(song) as title,
            rtrim(artist) as artist_name,
            coalesce(length, -1) as length
        from staging_events
        where page = 'NextSong' and log_date between :first_day and :last_day
        union
        select
            rtrim(song) as title,
            rtrim(artist) as artist_name,
            coalesce(length, -1) as length
        from contested_events
    ) as played
    inner join held_songs
        on
            played.title = rtrim(held_songs.title)
            and played.artist_name = rtrim(held_songs.artist_name)
) as candidates
where place = 1;

-- Start times which the plays of these days may leave behind.
insert into unplayed_times (start_time)
select songplays.start_time
from songplays
left join staging_events as events
    on
        songplays.session_id = events.sessionId
        and songplays.item_in_session = events.itemInSession
        and events.page = 'NextSong'
        and events.log_date between :first_day and :last_day
        and songplays.start_time
        = dateadd(
            ms,
            cast(events.ts % 86400000 as integer),
            dateadd(day, cast((events.ts - events.ts % 86400000) / 86400000 as integer), timestamp '1970-01-01')
        )
where
    songplays.log_date between :first_day and :last_day
    and events.sessionId is null;

insert into unplayed_times (start_time)
select songplays.start_time
from songplays
inner join contested_plays
    on
        songplays.session_id = contested_plays.session_id
        and songplays.item_in_session = contested_plays.item_in_session;

delete from songplays
where log_date between :first_day and :last_day;

delete from songplays
using contested_plays
where
    songplays.session_id = contested_plays.session_id
    and songplays.item_in_session = contested_plays.item_in_session;

insert into songplays (
    start_time,
    user_id,
    level,
    song_id,
    artist_id,
    session_id,
    location,
    user_agent,
    item_in_session,
    played_title,
    played_artist,
    played_seconds,
    log_date
)
select
    dateadd(
        ms,
        cast(plays.ts % 86400000 as integer),
        dateadd(day, cast((plays.ts - plays.ts % 86400000) / 86400000 as integer), timestamp '1970-01-01')
    ) as start_time,
    plays.userId as user_id,
    plays.level,
    song_matches.song_id,
    song_matches.artist_id,
    plays.sessionId as session_id,
    plays.location,
    plays.userAgent as user_agent,
    plays.itemInSession as item_in_session,
    plays.song as played_title,
    plays.artist as played_artist,
    case when plays.length >= 0 and plays.length <= 86400 then cast(floor(plays.length + 0.5) as integer) end
        as played_seconds,
    plays.log_date
from (
    select
        events.ts,
        events.userId,
        events.level,
        events.song,
        events.artist,
        events.length,
        events.sessionId,
        events.itemInSession,
        events.location,
        events.userAgent,
        events.log_date
    from staging_events as events
    left join contested_plays
        on
            events.sessionId = contested_plays.session_id
            and events.itemInSession = contested_plays.item_in_session
    where
        events.page = 'NextSong'
        and events.log_date between :first_day and :last_day
        and contested_plays.session_id is null
    union all
    select
        ts,
        userId,
        level,
        song,
        artist,
        length,
        sessionId,
        itemInSession,
        location,
        userAgent,
        log_date
    from contested_events
    where place = 1
) as plays
left join song_matches
    on
        rtrim(plays.song) = song_matches.title
        and rtrim(plays.artist) = song_matches.artist_name
        and coalesce(plays.length, -1) = song_matches.length;

delete from matched_songs;

insert into matched_songs (song_id, artist_id, title, artist_name, duration)
select
    song_id,
    artist_id,
    title,
    artist_name,
    duration
from held_songs;
