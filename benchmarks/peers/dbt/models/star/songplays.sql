{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["session_id", "item_in_session"],
    )
}}

with plays as (
    select *
    from {{ ref("stg_events") }}
    where
        page = 'NextSong'
        {% if is_incremental() %} and log_date between '{{ env_var("FIRST_DAY") }}' and '{{ env_var("LAST_DAY") }}' {% endif %}
    qualify row_number() over (partition by session_id, item_in_session order by ts) = 1
),

matches as (
    select played.song, played.artist, played.length, songs.song_id, songs.artist_id
    from (select distinct song, artist, length from plays) as played
    inner join {{ ref("songs") }} as songs
        on rtrim(played.song) = rtrim(songs.title) and rtrim(played.artist) = rtrim(songs.artist_name)
    qualify row_number() over (
        partition by played.song, played.artist, played.length
        order by abs(songs.duration - played.length), songs.song_id
    ) = 1
)

select
    epoch_ms(plays.ts) as start_time,
    plays.user_id,
    plays.level,
    matches.song_id,
    matches.artist_id,
    plays.session_id,
    plays.location,
    plays.user_agent,
    plays.item_in_session,
    plays.song as played_title,
    plays.artist as played_artist,
    cast(floor(plays.length + 0.5) as integer) as played_seconds,
    plays.log_date
from plays
left join matches
    on
        plays.song = matches.song
        and plays.artist = matches.artist
        and plays.length is not distinct from matches.length
