-- Each play of the staged events has its row, and each row a play: repeats count once, and nothing else is dropped.
-- severity: error
select
    plays.session_id,
    plays.item_in_session,
    'has no row' as problem
from (
    -- Most plays have their row under their own day; only the others are looked for in all days.
    select
        events.sessionId as session_id,
        events.itemInSession as item_in_session
    from staging_events as events
    left join (
        select
            session_id,
            item_in_session
        from songplays
        where log_date between :first_day and :last_day
    ) as held
        on
            events.sessionId = held.session_id
            and events.itemInSession = held.item_in_session
    where
        events.page = 'NextSong'
        and events.log_date between :first_day and :last_day
        and held.session_id is null
) as plays
left join songplays
    on
        plays.session_id = songplays.session_id
        and plays.item_in_session = songplays.item_in_session
where songplays.session_id is null
union all
select
    songplays.session_id,
    songplays.item_in_session,
    'has no play' as problem
from songplays
left join (
    select
        sessionId,
        itemInSession
    from staging_events
    where page = 'NextSong' and log_date between :first_day and :last_day
) as events
    on
        songplays.session_id = events.sessionId
        and songplays.item_in_session = events.itemInSession
where
    songplays.log_date between :first_day and :last_day
    and events.sessionId is null;

-- numbers
select
    (
        select count(*)
        from staging_events
        where page = 'NextSong' and log_date between :first_day and :last_day
    ) as plays_staged,
    (
        select count(*)
        from songplays
        where log_date between :first_day and :last_day
    ) as rows_in_songplays;
