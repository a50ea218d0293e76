-- Each event happened on the day of its log file (UTC); a late one is kept, and told here.
-- severity: warn
select
    log_date,
    timestamp '1970-01-01' + cast((ts - ts % 1000) / 1000 as integer) * interval '1 second' as event_time,
    sessionId as session_id,
    itemInSession as item_in_session
from staging_events
where
    log_date between :first_day and :last_day
    and (
        ts < cast(datediff(day, date '1970-01-01', log_date) as bigint) * 86400000
        or ts >= cast(datediff(day, date '1970-01-01', log_date) + 1 as bigint) * 86400000
    );
