"""The same tables as a good script would build them: read everything, build each table once, check nothing."""

import os

import duckdb

LAKE, DATABASE = os.environ["LAKE"], os.environ["DATABASE"]
STATEMENTS = (
    f"""
    create or replace table events as
    select
        artist, song, length, page, level, location, firstName as first_name, lastName as last_name, gender,
        try_cast(userId as integer) as user_id, sessionId as session_id, itemInSession as item_in_session,
        userAgent as user_agent, ts
    from read_json(
        '{LAKE}/log_data/*/*/*.json', format = 'newline_delimited',
        columns = {{
            artist: 'VARCHAR', firstName: 'VARCHAR', gender: 'VARCHAR', itemInSession: 'INTEGER', lastName: 'VARCHAR',
            length: 'DOUBLE', level: 'VARCHAR', location: 'VARCHAR', page: 'VARCHAR', sessionId: 'INTEGER',
            song: 'VARCHAR', ts: 'BIGINT', userAgent: 'VARCHAR', userId: 'VARCHAR'
        }}
    )
    """,
    f"create or replace table song_records as select * from read_json('{LAKE}/song_data/*/*/*/*.json')",
    """
    create or replace table users as
    select
        user_id,
        unnest(arg_max(
            {first_name: first_name, last_name: last_name, gender: gender, level: level},
            {ts: ts, session_id: session_id, item: item_in_session}
        ))
    from events
    where user_id is not null
    group by user_id
    """,
    """
    create or replace table songs as
    select song_id, title, artist_id, year, duration, artist_name
    from song_records
    qualify row_number() over (partition by song_id order by year desc, title, artist_name) = 1
    """,
    """
    create or replace table artists as
    select
        artist_id, artist_name as name, artist_location as location, artist_latitude as latitude,
        artist_longitude as longitude
    from song_records
    qualify row_number() over (
        partition by artist_id
        order by artist_latitude is null, coalesce(artist_location, '') = '', year desc, song_id
    ) = 1
    """,
    """
    create or replace table songplays as
    with first_lines as (
        select * from events
        where page = 'NextSong'
        qualify row_number() over (partition by session_id, item_in_session order by ts) = 1
    ),
    matches as (
        select played.song, played.artist, played.length, songs.song_id, songs.artist_id
        from (select distinct song, artist, length from first_lines) as played
        inner join songs
            on rtrim(played.song) = rtrim(songs.title) and rtrim(played.artist) = rtrim(songs.artist_name)
        qualify row_number() over (
            partition by played.song, played.artist, played.length
            order by abs(songs.duration - played.length), songs.song_id
        ) = 1
    )
    select
        epoch_ms(ts) as start_time, user_id, level, song_id, artist_id, session_id, location, user_agent,
        item_in_session, first_lines.song as played_title, first_lines.artist as played_artist,
        cast(floor(first_lines.length + 0.5) as integer) as played_seconds
    from first_lines
    left join matches
        on first_lines.song = matches.song and first_lines.artist = matches.artist
        and first_lines.length is not distinct from matches.length
    """,
    """
    create or replace table time as
    select
        start_time, hour(start_time) as hour, day(start_time) as day, week(start_time) as week,
        month(start_time) as month, year(start_time) as year, dayname(start_time) as weekday
    from (select distinct start_time from songplays)
    """,
)

if __name__ == "__main__":
    with duckdb.connect(DATABASE) as connection:
        for statement in STATEMENTS:
            connection.execute(statement)
