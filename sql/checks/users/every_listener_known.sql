-- Each listener of the staged events has a row.
-- severity: error
select distinct events.userId as user_id
from staging_events as events
left join users on events.userId = users.user_id
where
    events.log_date between :first_day and :last_day
    and events.userId is not null
    and users.user_id is null;
