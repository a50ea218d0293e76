-- Days, weeks, months and all add up to the plays and seconds of songplays.
-- severity: error
select
    sums.calendar_level,
    sums.plays as plays_here,
    fact.plays as plays_in_songplays,
    sums.seconds as seconds_here,
    fact.seconds as seconds_in_songplays
from (
    select
        calendar_level,
        sum(plays) as plays,
        sum(seconds) as seconds
    from plays_by_calendar
    group by calendar_level
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
        select count(distinct calendar_level)
        from plays_by_calendar
    ) as levels,
    (
        select count(*)
        from songplays
    ) as plays_in_songplays;
