-- The plays of all groups add up to the rows of songplays.
-- severity: error
select
    answer.plays as plays_here,
    fact.plays as plays_in_songplays
from (
    select coalesce(sum(plays), 0) as plays
    from listening_by_demographic
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
        from listening_by_demographic
    ) as plays_here,
    (
        select count(*)
        from songplays
    ) as plays_in_songplays;
