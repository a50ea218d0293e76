-- Each artist of the staged catalog has a row.
-- severity: error
select distinct staging_songs.artist_id
from staging_songs
left join artists on staging_songs.artist_id = artists.artist_id
where artists.artist_id is null;
