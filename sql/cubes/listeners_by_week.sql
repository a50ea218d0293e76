-- One row per week with plays: how many people listened. plays_cube has the same for days and months, but a week may be
-- in two months. Weeks begin on Monday in SPARKIFY_TIME_ZONE.
-- load: weeks
-- check: adds_up_to_songplays period=week_start
create table if not exists listeners_by_week (
    week_start date not null, -- Monday of the week
    plays bigint not null, -- Plays; weeks add up
    listeners bigint not null, -- Distinct users; weeks do not add up
    primary key (week_start)
)
diststyle all
sortkey (week_start);

select
    week_start,
    count(*) as plays,
    count(distinct user_id) as listeners
from local_plays
where week_start in (select changed_days.week_start from changed_days)
group by week_start;
