-- Plays and seconds add up to those of songplays, in each part of the table which is a total of its own.
-- severity: error
-- default: part=cast('all' as varchar(3))
-- default: seconds=cast(null as bigint)
-- default: counted=1 = 1
select
    sums.part,
    fact.plays as plays_in_songplays,
    coalesce(sums.plays, 0) as plays_here,
    fact.seconds as seconds_in_songplays,
    sums.seconds as seconds_here
from (
    select
        count(*) as plays,
        coalesce(sum(played_seconds), 0) as seconds
    from songplays
    where :counted
) as fact
left join (
    select
        :part as part,
        sum(plays) as plays,
        sum(:seconds) as seconds
    from :table
    group by 1
) as sums on 1 = 1
where coalesce(sums.plays, 0) <> fact.plays or sums.seconds <> fact.seconds;

-- metrics
select
    (
        select count(*)
        from songplays
        where :counted
    ) as plays_in_songplays,
    (
        select count(distinct :part)
        from :table
    ) as parts;
