-- Each listener of the staged events has a row.
-- severity: error
select distinct events.user_id
from events
left join users on events.user_id = users.user_id
where
    events.log_date between :first_day and :last_day
    and events.user_id is not null
    and users.user_id is null;
