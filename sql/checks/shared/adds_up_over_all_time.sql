-- Plays and seconds over all time are those of the months together, in each part of the table which is a total of its
-- own.
-- severity: error
-- default: part=cast('all' as varchar(3))
-- default: seconds=cast(null as bigint)
-- default: all_time=play_month is null
-- default: source=:table
-- default: months=1 = 1
select
    sums.part,
    months.plays as plays_of_months,
    coalesce(sums.plays, 0) as plays_here,
    case when sums.seconds is not null then months.seconds end as seconds_of_months,
    sums.seconds as seconds_here
from (
    select
        coalesce(sum(plays), 0) as plays,
        coalesce(sum(:seconds), 0) as seconds
    from :source
    where play_month is not null and :months
) as months
left join (
    select
        :part as part,
        sum(plays) as plays,
        sum(:seconds) as seconds
    from :table
    where :all_time
    group by 1
) as sums on 1 = 1
where coalesce(sums.plays, 0) <> months.plays or sums.seconds <> months.seconds;

-- metrics
select
    sum(plays) as plays,
    count(distinct :part) as parts
from :table
where :all_time;
