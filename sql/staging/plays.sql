-- One row per event which is a play (page NextSong). Repeats are kept: songplays says which of them counts.
create or replace view plays as
select
    event_time as start_time,
    user_id,
    level,
    session_id,
    item_in_session,
    title,
    artist,
    rtrim(title) as matched_title,
    rtrim(artist) as matched_artist,
    seconds,
    location,
    user_agent,
    log_date
from events
where page = 'NextSong';
