-- Each grouping set adds up to the plays and seconds of songplays.
-- severity: error
select
    sums.dimensions,
    sums.plays as plays_here,
    fact.plays as plays_in_songplays,
    sums.seconds as seconds_here,
    fact.seconds as seconds_in_songplays
from (
    select
        dimensions,
        sum(plays) as plays,
        sum(seconds) as seconds
    from plays_cube
    group by dimensions
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
        select count(distinct dimensions)
        from plays_cube
    ) as grouping_sets,
    (
        select count(*)
        from songplays
    ) as plays_in_songplays;
