-- Cities, states and all add up to the plays and seconds of songplays.
-- severity: error
select
    sums.place_level,
    sums.plays as plays_here,
    fact.plays as plays_in_songplays,
    sums.seconds as seconds_here,
    fact.seconds as seconds_in_songplays
from (
    select
        place_level,
        sum(plays) as plays,
        sum(seconds) as seconds
    from plays_by_place
    group by place_level
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
        select count(distinct place_level)
        from plays_by_place
    ) as levels,
    (
        select count(*)
        from songplays
    ) as plays_in_songplays;
