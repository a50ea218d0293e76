-- Each play of the staged events has its row, and each row a play: repeats count once, and nothing else is dropped.
-- severity: error
select
    events.sessionId as session_id,
    events.itemInSession as item_in_session,
    'has no row' as problem
from staging_events as events
left join (
    -- Joined with the plays of these days first, which lets an engine skip those of other days.
    select
        songplays.session_id,
        songplays.item_in_session
    from songplays
    inner join staging_events as staged
        on
            songplays.session_id = staged.sessionId
            and songplays.item_in_session = staged.itemInSession
    where staged.page = 'NextSong' and staged.log_date between :first_day and :last_day
) as known
    on
        events.sessionId = known.session_id
        and events.itemInSession = known.item_in_session
where
    events.page = 'NextSong'
    and events.log_date between :first_day and :last_day
    and known.session_id is null
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
