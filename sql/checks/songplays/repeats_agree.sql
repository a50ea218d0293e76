-- The lines which repeat a play say the same; where they differ, the earliest counts.
-- severity: warn
select
    sessionId as session_id,
    itemInSession as item_in_session,
    count(*) as lines,
    min(ts) as first_ts,
    max(ts) as last_ts
from staging_events
where page = 'NextSong' and log_date between :first_day and :last_day
group by sessionId, itemInSession
having
    count(*) > 1
    and (min(ts) <> max(ts) or min(song) <> max(song) or min(artist) <> max(artist) or min(userId) <> max(userId));
