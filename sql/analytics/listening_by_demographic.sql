-- One row per gender, level and region of the listeners; null is not known.
-- The gender is that of `users`, the level that of the play: who changed it counts on both sides.
-- The region is a state, the first of those in the location: a metropolitan area names its states in the order of its
-- cities, so 'New York-Newark-Jersey City, NY-NJ-PA' is in NY, and a play counts in one region only.
-- Equal numbers of plays rank by listeners, then by gender, level and region.
-- check: adds_up_to_songplays seconds=seconds
create table if not exists listening_by_demographic (
    rank integer not null, -- 1 for the group with the most plays
    gender varchar(1), -- F or M
    level varchar(16), -- free or paid at the time of the play
    region varchar(1024), -- State of the listener, its postal code
    plays bigint not null, -- Plays
    listeners bigint not null, -- Distinct users; groups do not add up, since a user may be in several
    sessions bigint not null, -- Distinct sessions; they do not add up either
    seconds bigint not null, -- Length of the songs played
    plays_per_listener double precision, -- Plays per distinct user, null without a user
    primary key (rank),
    unique (gender, level, region)
)
diststyle all
sortkey (rank);

with demographics as (
    select
        users.gender,
        placed_plays.level,
        placed_plays.region,
        count(*) as plays,
        count(distinct placed_plays.user_id) as listeners,
        count(distinct placed_plays.session_id) as sessions,
        coalesce(sum(placed_plays.played_seconds), 0) as seconds
    from placed_plays
    left join users on placed_plays.user_id = users.user_id
    group by users.gender, placed_plays.level, placed_plays.region
)

select
    row_number() over (order by plays desc, listeners desc, gender asc, level asc, region asc) as rank,
    gender,
    level,
    region,
    plays,
    listeners,
    sessions,
    seconds,
    floor(cast(plays as double precision) / nullif(listeners, 0) * 100 + 0.5) / 100 as plays_per_listener
from demographics;
