-- One row per listener, with the attributes of the latest event, whatever its page.
-- Among events of the same millisecond the later session and item win, then the content decides.
create table if not exists users (
    user_id integer not null, -- Listener
    first_name varchar(128), -- First name
    last_name varchar(128), -- Last name
    gender varchar(1), -- F or M
    level varchar(16), -- free or paid, as of the latest event
    last_seen_ts bigint not null, -- Epoch milliseconds of the latest event, UTC
    last_session_id integer not null, -- Session of the latest event
    last_item_in_session integer not null, -- Position of the latest event in its session
    log_date date, -- Day of the log file of the latest event; null once no event is left
    primary key (user_id)
)
diststyle all
sortkey (user_id);

-- The latest event of these listeners may be among the lines which are replaced.
drop table if exists stale_users;

create temp table stale_users as
select user_id
from users
where log_date between :first_day and :last_day;

drop table if exists latest_times;

create temp table latest_times as
select
    events.userId as user_id,
    max(events.ts) as ts
from (
    select
        userId,
        ts
    from staging_events
    where log_date between :first_day and :last_day
    union all
    select
        earlier.userId,
        earlier.ts
    from staging_events as earlier
    inner join stale_users on earlier.userId = stale_users.user_id
    where earlier.log_date not between :first_day and :last_day
) as events
where events.userId is not null
group by events.userId;

-- An event of the new days competes with the row which the other days gave the listener.
drop table if exists latest_users;

create temp table latest_users as
select
    candidates.*,
    row_number() over (
        partition by candidates.user_id
        order by
            candidates.last_seen_ts desc,
            candidates.last_session_id desc,
            candidates.last_item_in_session desc,
            candidates.level asc,
            candidates.first_name asc,
            candidates.last_name asc,
            candidates.gender asc,
            candidates.log_date asc
    ) as place
from (
    select
        events.userId as user_id,
        events.firstName as first_name,
        events.lastName as last_name,
        events.gender,
        events.level,
        events.ts as last_seen_ts,
        events.sessionId as last_session_id,
        events.itemInSession as last_item_in_session,
        events.log_date
    from staging_events as events
    inner join latest_times
        on events.userId = latest_times.user_id and events.ts = latest_times.ts
    union all
    select
        users.user_id,
        users.first_name,
        users.last_name,
        users.gender,
        users.level,
        users.last_seen_ts,
        users.last_session_id,
        users.last_item_in_session,
        users.log_date
    from users
    inner join latest_times on users.user_id = latest_times.user_id
    where users.log_date not between :first_day and :last_day
) as candidates;

delete from users
using latest_users
where users.user_id = latest_users.user_id;

insert into users (
    user_id, first_name, last_name, gender, level, last_seen_ts, last_session_id, last_item_in_session, log_date
)
select
    user_id,
    first_name,
    last_name,
    gender,
    level,
    last_seen_ts,
    last_session_id,
    last_item_in_session,
    log_date
from latest_users
where place = 1;

-- A listener without events stays while plays may refer to the row.
update users
set log_date = null
where
    log_date between :first_day and :last_day
    and user_id not in (select user_id from latest_users);

-- prune
delete from users
where log_date is null;
