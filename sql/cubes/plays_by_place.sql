-- One row per city, per state and for everywhere: a roll-up from city to state to all.
-- A city is a metropolitan area as the player sent it; it is in its first state, as in listening_by_demographic, and
-- cities of one name in two states are two. On the level `city` a null is a place not known.
-- Over all time, added up from listener_months.
-- check: adds_up_over_all_time part=place_level seconds=seconds all_time="1 = 1" source=listener_months
create table if not exists plays_by_place (
    place_level varchar(5) not null, -- city, state or all
    state varchar(1024), -- Postal code of the state
    city varchar(1024), -- Metropolitan area
    plays bigint not null, -- Plays; cities add up to states, states to all
    seconds bigint not null, -- Length of the songs played; it adds up
    listeners bigint not null, -- Distinct users over all time; they do not add up
    unique (place_level, state, city)
)
diststyle all
sortkey (place_level, state, city);

with added_up as (
    select
        region as state,
        city,
        grouping(region) + grouping(city) as levels_above,
        coalesce(sum(plays), 0) as plays,
        coalesce(sum(seconds), 0) as seconds,
        count(distinct user_id) as listeners
    from listener_months
    group by rollup (region, city)
)

select
    case levels_above when 0 then 'city' when 1 then 'state' else 'all' end as place_level,
    state,
    city,
    plays,
    seconds,
    listeners
from added_up;
