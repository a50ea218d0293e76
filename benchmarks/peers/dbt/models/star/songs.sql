select song_id, title, artist_id, year, duration, artist_name
from {{ ref("stg_songs") }}
qualify row_number() over (partition by song_id order by year desc, title, artist_name) = 1
