-- One row per step of a drill-down: from all plays (depth 0) into levels (1), their genders (2) and regions (3).
-- Each depth splits the rows above it and adds up to all plays. Null above its depth is all, from there on not known.
-- Over all time.
-- check: adds_up_over_all_time part=depth seconds=seconds all_time="1 = 1" source=listener_months
create table if not exists plays_drill_down (
    depth integer not null, -- 0 for all plays, 3 for the finest
    level varchar(16), -- free or paid, from depth 1
    gender varchar(1), -- F or M, from depth 2
    region varchar(1024), -- State of the listener, at depth 3
    plays bigint not null, -- Plays; each depth adds up
    seconds bigint not null, -- Length of the songs played; it adds up
    listeners bigint not null, -- Distinct users; they do not add up
    share_of_parent double precision, -- Share of the plays one step above
    unique (depth, level, gender, region)
)
diststyle all
sortkey (depth, level, gender, region);

with steps as (
    select
        3 - all_levels - all_genders - all_regions as depth,
        level,
        gender,
        region,
        plays,
        seconds,
        listeners
    from plays_cube
    where play_month is null and dimensions in ('total', 'level', 'level gender', 'level gender region')
)

select
    depth,
    level,
    gender,
    region,
    plays,
    seconds,
    listeners,
    -- Plays add up, so that the rows with one parent have together what it has.
    cast(plays as double precision) / nullif(
        sum(plays) over (
            partition by depth, case when depth > 1 then level end, case when depth > 2 then gender end
        ), 0
    ) as share_of_parent
from steps;
