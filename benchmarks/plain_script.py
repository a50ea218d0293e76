"""The same tables as most people would write them: read everything, build each table once, check nothing.

Usage: python plain_script.py LAKE DATABASE

Unlike ours it cannot load a day, stops at the first bad line, and knows no late song or changed file.
"""

import sys

import duckdb

STATEMENTS = (
    """
    create table staging_events as
    select *, try_cast(userId as integer) as user_id, epoch_ms(ts) as start_time
    from read_json($events, format = 'newline_delimited')
    """,
    "create table staging_songs as select * from read_json($songs)",
    """
    create table users as
    select
        user_id, max_by(firstName, ts) as first_name, max_by(lastName, ts) as last_name,
        max_by(gender, ts) as gender, max_by(level, ts) as level
    from staging_events
    where user_id is not null
    group by user_id
    """,
    """
    create table songs as
    select song_id, title, artist_id, year, duration
    from staging_songs
    qualify row_number() over (partition by song_id order by year desc) = 1
    """,
    """
    create table artists as
    select artist_id, artist_name, artist_location, artist_latitude, artist_longitude
    from staging_songs
    qualify row_number() over (partition by artist_id order by year desc, song_id) = 1
    """,
    """
    create table time as
    select
        start_time, hour(start_time) as hour, day(start_time) as day, week(start_time) as week,
        month(start_time) as month, year(start_time) as year, dayname(start_time) as weekday
    from (select distinct start_time from staging_events where page = 'NextSong')
    """,
    """
    create table songplays as
    select
        row_number() over () - 1 as songplay_id, events.start_time, events.user_id, events.level, songs.song_id,
        songs.artist_id, events.sessionId, events.location, events.userAgent, events.itemInSession
    from staging_events as events
    left join staging_songs as songs on trim(events.song) = trim(songs.title) and events.artist = songs.artist_name
    where events.page = 'NextSong'
    qualify row_number() over (
        partition by events.sessionId, events.itemInSession
        order by events.ts, abs(songs.duration - events.length), songs.song_id
    ) = 1
    """,
)


def main(lake: str, database: str) -> None:
    """Build staging and star."""
    files = {"events": f"{lake}/log_data/*/*/*.json", "songs": f"{lake}/song_data/*/*/*/*.json"}
    connection = duckdb.connect(database)
    for statement in STATEMENTS:
        connection.execute(statement, {name: place for name, place in files.items() if f"${name}" in statement})
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
