-- One row per listener, with the attributes of the latest event, whatever its page.
-- Among events of the same millisecond the later session and item win, then the content decides.
-- load: upsert
create table if not exists users (
    user_id integer not null, -- Listener
    first_name varchar(128), -- First name
    last_name varchar(128), -- Last name
    gender varchar(1), -- F or M
    level varchar(16), -- free or paid, as of the latest event
    last_seen_ts bigint not null, -- Epoch milliseconds of the latest event, UTC
    last_session_id integer not null, -- Session of the latest event
    last_item_in_session integer not null, -- Position of the latest event in its session
    log_date date not null, -- Day of the log file of the latest event
    primary key (user_id)
)
diststyle all
sortkey (user_id);

with stale_users as (
    -- Their latest event may be among the lines which the run replaced.
    select user_id
    from users
    where log_date between :first_day and :last_day
),

seen as (
    select
        user_id,
        ts
    from events
    where log_date between :first_day and :last_day
    union all
    select
        events.user_id,
        events.ts
    from events
    inner join stale_users on events.user_id = stale_users.user_id
    where events.log_date not between :first_day and :last_day
),

latest_times as (
    select
        user_id,
        max(ts) as ts
    from seen
    where user_id is not null
    group by user_id
),

-- An event of the new days competes with the row which the other days gave the listener.
candidates as (
    select
        events.user_id,
        events.first_name,
        events.last_name,
        events.gender,
        events.level,
        events.ts as last_seen_ts,
        events.session_id as last_session_id,
        events.item_in_session as last_item_in_session,
        events.log_date
    from events
    inner join latest_times on events.user_id = latest_times.user_id and events.ts = latest_times.ts
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
),

ranked as (
    select
        candidates.*,
        row_number() over (
            partition by user_id
            order by
                last_seen_ts desc,
                last_session_id desc,
                last_item_in_session desc,
                level asc,
                first_name asc,
                last_name asc,
                gender asc,
                log_date asc
        ) as event_rank
    from candidates
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
from ranked
where event_rank = 1;
