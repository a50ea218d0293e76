-- The plays of all weeks and artists add up to the rows of songplays which name an artist.
-- severity: error
select
    answer.plays as plays_here,
    fact.plays as plays_in_songplays
from (
    select coalesce(sum(plays), 0) as plays
    from trending_artists
) as answer
cross join (
    select count(played_artist) as plays
    from songplays
) as fact
where answer.plays <> fact.plays;

-- numbers
select
    (
        select coalesce(sum(plays), 0)
        from trending_artists
    ) as plays_here,
    (
        select count(played_artist)
        from songplays
    ) as plays_in_songplays;
