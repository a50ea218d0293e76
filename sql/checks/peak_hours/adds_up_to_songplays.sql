-- The plays of all hours add up to the rows of songplays.
-- severity: error
select
    answer.plays as plays_here,
    fact.plays as plays_in_songplays
from (
    select coalesce(sum(plays), 0) as plays
    from peak_hours
) as answer
cross join (
    select count(*) as plays
    from songplays
) as fact
where answer.plays <> fact.plays;

-- numbers
select
    (
        select coalesce(sum(plays), 0)
        from peak_hours
    ) as plays_here,
    (
        select count(*)
        from songplays
    ) as plays_in_songplays;
