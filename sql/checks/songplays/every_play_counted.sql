-- Each play of the staged events has its row, and each row a play: repeats count once, and nothing else is dropped.
-- severity: error
select
    events.sessionId as session_id,
    events.itemInSession as item_in_session,
    'has no row' as problem
from staging_events as events
left join songplays
    on
        events.sessionId = songplays.session_id
        and events.itemInSession = songplays.item_in_session
where
    events.page = 'NextSong'
    and events.log_date between :first_day and :last_day
    and songplays.session_id is null
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
