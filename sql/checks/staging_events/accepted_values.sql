-- Fields with few values hold those which the app and its simulators write; another one means that the app has changed.
-- severity: warn
with written as (
    select
        auth,
        gender,
        level,
        method,
        page,
        count(*) as events
    from staging_events
    where log_date between :first_day and :last_day
    group by auth, gender, level, method, page
)

select
    cast('auth' as varchar(8)) as field,
    auth as found,
    sum(events) as events
from written
where auth not in ('Logged In', 'Logged Out', 'Guest', 'Cancelled')
group by auth
union all
select
    cast('gender' as varchar(8)) as field,
    gender as found,
    sum(events) as events
from written
where gender not in ('F', 'M')
group by gender
union all
select
    cast('level' as varchar(8)) as field,
    level as found,
    sum(events) as events
from written
where level not in ('free', 'paid')
group by level
union all
select
    cast('method' as varchar(8)) as field,
    method as found,
    sum(events) as events
from written
where method not in ('GET', 'PUT')
group by method
union all
select
    cast('page' as varchar(8)) as field,
    page as found,
    sum(events) as events
from written
where
    page not in (
        'About', 'Add Friend', 'Add to Playlist', 'Cancel', 'Cancellation Confirmation', 'Downgrade', 'Error', 'Help',
        'Home', 'Login', 'Logout', 'NextSong', 'Register', 'Roll Advert', 'Save Settings', 'Settings',
        'Submit Downgrade', 'Submit Registration', 'Submit Upgrade', 'Thumbs Down', 'Thumbs Up', 'Upgrade'
    )
group by page;
