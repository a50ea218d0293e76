-- One row per gender, level and region of the listeners, for each month and over all time; null is not known.
-- The gender is that of `users`, the level that of the play: who changed it counts on both sides.
-- The region is a state, the first of those in the location: a metropolitan area names its states in the order of its
-- cities, so 'New York-Newark-Jersey City, NY-NJ-PA' is in NY, and a play counts in one region only.
-- Equal numbers of plays rank by listeners, then by gender, level and region.
-- load: months
-- check: adds_up_to_songplays seconds=seconds
-- check: adds_up_over_all_time seconds=seconds
create table if not exists listening_by_demographic (
    play_month date, -- First day of the month, null for all time
    rank integer not null, -- 1 for the group with the most plays
    gender varchar(1), -- F or M
    level varchar(16), -- free or paid at the time of the play
    region varchar(1024), -- State of the listener, its postal code
    plays bigint not null, -- Plays; months add up to all time
    listeners bigint not null, -- Distinct users; neither groups nor months add up, since a user may be in several
    sessions bigint, -- Distinct sessions of the month; null over all time, since one may last into another month
    seconds bigint not null, -- Length of the songs played; months add up to all time
    plays_per_listener double precision, -- Plays per distinct user, null without a user
    unique (play_month, rank),
    unique (play_month, gender, level, region)
)
diststyle all
sortkey (play_month, rank);

with demographics as (
    select
        local_plays.play_month,
        users.gender,
        local_plays.level,
        local_plays.region,
        count(*) as plays,
        count(distinct local_plays.user_id) as listeners,
        count(distinct local_plays.session_id) as sessions,
        coalesce(sum(local_plays.played_seconds), 0) as seconds
    from local_plays
    left join users on local_plays.user_id = users.user_id
    where local_plays.play_month in (select changed_days.play_month from changed_days)
    group by local_plays.play_month, users.gender, local_plays.level, local_plays.region
    union all
    select
        cast(null as date) as play_month,
        users.gender,
        listener_months.level,
        listener_months.region,
        sum(listener_months.plays) as plays,
        count(distinct listener_months.user_id) as listeners,
        cast(null as bigint) as sessions,
        sum(listener_months.seconds) as seconds
    from listener_months
    left join users on listener_months.user_id = users.user_id
    group by users.gender, listener_months.level, listener_months.region
)

select
    play_month,
    row_number() over (
        partition by play_month
        order by plays desc, listeners desc, gender asc, level asc, region asc
    ) as rank,
    gender,
    level,
    region,
    plays,
    listeners,
    sessions,
    seconds,
    floor(cast(plays as double precision) / nullif(listeners, 0) * 100 + 0.5) / 100 as plays_per_listener
from demographics;
