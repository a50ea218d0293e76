-- The lines which repeat a play say the same; where they differ, the earliest counts.
-- severity: warn
select
    events.sessionId as session_id,
    events.itemInSession as item_in_session,
    count(*) as lines,
    min(events.ts) as first_ts,
    max(events.ts) as last_ts
from staging_events as events
inner join (
    select
        sessionId,
        itemInSession
    from staging_events
    where page = 'NextSong' and log_date between :first_day and :last_day
    group by sessionId, itemInSession
    having count(*) > 1
) as repeated
    on
        events.sessionId = repeated.sessionId
        and events.itemInSession = repeated.itemInSession
where events.page = 'NextSong' and events.log_date between :first_day and :last_day
group by events.sessionId, events.itemInSession
having
    min(events.ts) <> max(events.ts)
    or min(events.song) <> max(events.song)
    or min(events.artist) <> max(events.artist)
    or min(events.userId) <> max(events.userId);
