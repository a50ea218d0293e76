-- Each depth adds up to the plays and seconds of songplays.
-- severity: error
select
    sums.depth,
    sums.plays as plays_here,
    fact.plays as plays_in_songplays,
    sums.seconds as seconds_here,
    fact.seconds as seconds_in_songplays
from (
    select
        depth,
        sum(plays) as plays,
        sum(seconds) as seconds
    from plays_drill_down
    group by depth
) as sums
cross join (
    select
        count(*) as plays,
        coalesce(sum(played_seconds), 0) as seconds
    from songplays
) as fact
where sums.plays <> fact.plays or sums.seconds <> fact.seconds;

-- numbers
select
    (
        select count(distinct depth)
        from plays_drill_down
    ) as depths,
    (
        select count(*)
        from songplays
    ) as plays_in_songplays;
