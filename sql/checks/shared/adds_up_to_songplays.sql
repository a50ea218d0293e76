-- Plays and seconds of each month, week or day add up to those of songplays, in each part of the table which is a
-- total of its own.
-- severity: error
-- default: period=play_month
-- default: part=cast('all' as varchar(3))
-- default: seconds=cast(null as bigint)
-- default: counted=1 = 1
select
    coalesce(fact.first_day, sums.first_day) as first_day,
    sums.part,
    coalesce(fact.plays, 0) as plays_in_songplays,
    coalesce(sums.plays, 0) as plays_here,
    fact.seconds as seconds_in_songplays,
    sums.seconds as seconds_here
from (
    select
        :period as first_day,
        count(*) as plays,
        coalesce(sum(played_seconds), 0) as seconds
    from local_plays
    where :counted and :period between :first_day and :last_day
    group by 1
) as fact
full outer join (
    select
        :part as part,
        :period as first_day,
        sum(plays) as plays,
        sum(:seconds) as seconds
    from :table
    where :period between :first_day and :last_day
    group by 1, 2
) as sums on fact.first_day = sums.first_day
where coalesce(sums.plays, 0) <> coalesce(fact.plays, 0) or sums.seconds <> fact.seconds;

-- metrics
select
    count(distinct :period) as periods,
    count(distinct :part) as parts,
    sum(plays) as plays
from :table
where :period between :first_day and :last_day;
