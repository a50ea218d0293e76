-- placed_plays of the days which a load or a check needs, and of a day on both sides, with their days, weeks (from
-- Monday), months and hours in SPARKIFY_TIME_ZONE. It is read like a table.
with placed as (
    select
        placed_plays.*,
        -- To convert costs more than all the rest of this query: UTC, the default, is spared it.
        case
            when :time_zone = 'UTC' then start_time
            else start_time at time zone 'UTC' at time zone :time_zone
        end as played_at
    from placed_plays
    where
        start_time >= dateadd(day, -1, cast(:first_day as date))
        and start_time < dateadd(day, 2, cast(:last_day as date))
)

select
    user_id,
    session_id,
    song_id,
    level,
    region,
    city,
    title,
    artist,
    played_seconds,
    cast(played_at as date) as play_date,
    cast(date_trunc('week', played_at) as date) as week_start,
    cast(date_trunc('month', played_at) as date) as play_month,
    extract(hour from played_at) as hour,
    -- 1 for Monday to 7 for Sunday, where Redshift counts from 0 for Sunday
    (cast(extract(dow from played_at) as integer) + 6) % 7 + 1 as weekday_number,
    rtrim(to_char(played_at, 'Day')) as weekday
from placed;
