-- Each event happened on the day of its log file (UTC); a late one is kept, and told here.
-- severity: warn
select
    log_date,
    dateadd(
        ms,
        cast(ts % 86400000 as integer),
        dateadd(day, cast((ts - ts % 86400000) / 86400000 as integer), timestamp '1970-01-01')
    ) as event_time,
    sessionId as session_id,
    itemInSession as item_in_session
from staging_events
where
    log_date between :first_day and :last_day
    and (
        ts < cast(datediff(day, date '1970-01-01', log_date) as bigint) * 86400000
        or ts >= cast(datediff(day, date '1970-01-01', log_date) + 1 as bigint) * 86400000
    );
