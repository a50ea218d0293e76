-- Each song is in the catalog once; of several records one is taken, as songs.sql says.
-- severity: warn
select
    song_id,
    count(*) as records,
    min(source_file) as first_file,
    max(source_file) as last_file
from staging_songs
group by song_id
having count(*) > 1;
