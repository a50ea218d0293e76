-- The slice adds up to the plays of paying listeners in songplays.
-- severity: error
select
    slice.plays as plays_here,
    fact.plays as plays_in_songplays
from (
    select coalesce(sum(plays), 0) as plays
    from plays_slice_paid
) as slice
cross join (
    select count(*) as plays
    from songplays
    where level = 'paid'
) as fact
where slice.plays <> fact.plays;
