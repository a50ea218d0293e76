-- Some plays match a song of the catalog; none at all means that titles or artist names are written differently.
-- severity: warn
select
    plays.plays,
    catalog.songs
from (
    select
        count(*) as plays,
        count(song_id) as matched
    from songplays
    where log_date between :first_day and :last_day
) as plays
cross join (
    select count(*) as songs
    from songs
) as catalog
where plays.plays > 0 and plays.matched = 0 and catalog.songs > 0;

-- metrics
select
    count(*) as plays,
    count(song_id) as matched,
    case when count(*) > 0 then round(cast(count(song_id) as double precision) / count(*), 4) end as matched_share
from songplays
where log_date between :first_day and :last_day;
