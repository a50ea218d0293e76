-- Each song of the staged catalog has a row.
-- severity: error
select distinct staging_songs.song_id
from staging_songs
left join songs on staging_songs.song_id = songs.song_id
where songs.song_id is null;
