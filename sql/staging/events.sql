-- One row per line of the event logs, renamed and cast once for everything above.
create or replace view events as
select
    dateadd(
        ms,
        cast(ts % 86400000 as integer),
        dateadd(day, cast((ts - ts % 86400000) / 86400000 as integer), timestamp '1970-01-01')
    ) as event_time,
    ts,
    page,
    userId as user_id,
    firstName as first_name,
    lastName as last_name,
    gender,
    level,
    sessionId as session_id,
    itemInSession as item_in_session,
    song as title,
    artist,
    length as seconds,
    location,
    userAgent as user_agent,
    log_date
from staging_events;
