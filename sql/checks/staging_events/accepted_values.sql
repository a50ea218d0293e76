-- Fields with few values hold known ones; another one means that the app has changed.
-- severity: warn
select
    auth,
    gender,
    level,
    method,
    count(*) as events
from staging_events
where log_date between :first_day and :last_day
group by auth, gender, level, method
having
    auth not in ('Logged In', 'Logged Out')
    or gender not in ('F', 'M')
    or level not in ('free', 'paid')
    or method not in ('GET', 'PUT');
