-- One row per month, listener, level and place of the plays: a small base, from which listeners over several months are
-- counted exactly. Plays without a listener are rows with a null user.
-- load: months
-- check: adds_up_to_songplays seconds=seconds
create table if not exists listener_months (
    play_month date not null, -- First day of the month in SPARKIFY_TIME_ZONE
    user_id integer, -- Listener
    level varchar(16), -- free or paid at the time of the play
    region varchar(1024), -- State of the listener, its postal code
    city varchar(1024), -- Metropolitan area
    plays bigint not null, -- Plays; they add up
    seconds bigint not null, -- Length of the songs played; it adds up
    unique (play_month, user_id, level, region, city)
)
diststyle even
sortkey (play_month);

select
    play_month,
    user_id,
    level,
    region,
    city,
    count(*) as plays,
    coalesce(sum(played_seconds), 0) as seconds
from local_plays
where play_month in (select changed_days.play_month from changed_days)
group by play_month, user_id, level, region, city;
