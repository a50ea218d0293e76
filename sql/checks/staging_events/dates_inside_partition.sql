-- Each event happened on the day of its log file (UTC); a late one is kept, and listed here.
-- severity: warn
select
    log_date,
    event_time,
    session_id,
    item_in_session
from events
where
    log_date between :first_day and :last_day
    and (event_time < log_date or event_time >= dateadd(day, 1, log_date));
