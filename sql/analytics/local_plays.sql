-- placed_plays with dates, hours and weeks (from Monday) in SPARKIFY_TIME_ZONE. It is read like a table.
with placed as (
    select
        placed_plays.*,
        start_time at time zone 'UTC' at time zone :time_zone as played_at
    from placed_plays
)

select
    user_id,
    level,
    region,
    title,
    artist,
    played_seconds,
    cast(played_at as date) as play_date,
    cast(date_trunc('week', played_at) as date) as week_start,
    extract(hour from played_at) as hour,
    rtrim(to_char(played_at, 'Day')) as weekday
from placed;
