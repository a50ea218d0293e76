"""The star as plain Dagster assets: SQL by a DuckDB resource, days as partitions, a check per rule."""

import os
from collections.abc import Iterator

import dagster as dg
from dagster_duckdb import DuckDBResource

LAKE, DATABASE = os.environ["LAKE"], os.environ["DATABASE"]
DAYS = dg.DailyPartitionsDefinition(os.environ["START"])
ONE_RUN = dg.BackfillPolicy.single_run()

EVENTS = f"""
    select
        artist, song, length, page, level, location, firstName as first_name, lastName as last_name, gender,
        try_cast(userId as integer) as user_id, sessionId as session_id, itemInSession as item_in_session,
        userAgent as user_agent, ts,
        cast(regexp_extract(filename, '(\\d{{4}}-\\d{{2}}-\\d{{2}})-events', 1) as date) as log_date
    from read_json(
        '{LAKE}/log_data/*/*/*.json', filename = true, format = 'newline_delimited',
        columns = {{
            artist: 'VARCHAR', firstName: 'VARCHAR', gender: 'VARCHAR', itemInSession: 'INTEGER', lastName: 'VARCHAR',
            length: 'DOUBLE', level: 'VARCHAR', location: 'VARCHAR', page: 'VARCHAR', sessionId: 'INTEGER',
            song: 'VARCHAR', ts: 'BIGINT', userAgent: 'VARCHAR', userId: 'VARCHAR'
        }}
    )
    where log_date between $first and $last
"""
SONG_RECORDS = f"select * from read_json('{LAKE}/song_data/*/*/*/*.json')"
SONGS = """
    select song_id, title, artist_id, year, duration, artist_name
    from song_records
    qualify row_number() over (partition by song_id order by year desc, title, artist_name) = 1
"""
ARTISTS = """
    select
        artist_id, artist_name as name, artist_location as location, artist_latitude as latitude,
        artist_longitude as longitude
    from song_records
    qualify row_number() over (
        partition by artist_id
        order by artist_latitude is null, coalesce(artist_location, '') = '', year desc, song_id
    ) = 1
"""
USERS = """
    select user_id, first_name, last_name, gender, level
    from events
    where user_id is not null and log_date between $first and $last
    qualify row_number() over (partition by user_id order by ts desc, session_id desc, item_in_session desc) = 1
"""
SONGPLAYS = """
    with plays as (
        select * from events
        where page = 'NextSong' and log_date between $first and $last
        qualify row_number() over (partition by session_id, item_in_session order by ts) = 1
    ),
    matches as (
        select played.song, played.artist, played.length, songs.song_id, songs.artist_id
        from (select distinct song, artist, length from plays) as played
        inner join songs on rtrim(played.song) = rtrim(songs.title) and rtrim(played.artist) = rtrim(songs.artist_name)
        qualify row_number() over (
            partition by played.song, played.artist, played.length
            order by abs(songs.duration - played.length), songs.song_id
        ) = 1
    )
    select
        epoch_ms(ts) as start_time, user_id, level, song_id, artist_id, session_id, location, user_agent,
        item_in_session, plays.song as played_title, plays.artist as played_artist,
        cast(floor(plays.length + 0.5) as integer) as played_seconds, log_date
    from plays
    left join matches
        on plays.song = matches.song and plays.artist = matches.artist
        and plays.length is not distinct from matches.length
"""
TIME = """
    select
        start_time, hour(start_time) as hour, day(start_time) as day, week(start_time) as week,
        month(start_time) as month, year(start_time) as year, dayname(start_time) as weekday
    from (select distinct start_time from songplays where log_date between $first and $last)
"""


def replaced(name: str, query: str, deps: tuple[str, ...] = ()) -> dg.AssetsDefinition:
    """A table which each run makes anew."""

    @dg.asset(name=name, deps=deps, backfill_policy=ONE_RUN)
    def table(duckdb: DuckDBResource) -> None:
        with duckdb.get_connection() as connection:
            connection.execute(f"create or replace table {name} as {query}")

    return table


def by_day(name: str, query: str, key: str, deps: tuple[str, ...] = ()) -> dg.AssetsDefinition:
    """A table whose rows of the same key are replaced by those of the days of the run."""

    @dg.asset(name=name, deps=deps, partitions_def=DAYS, backfill_policy=ONE_RUN)
    def table(context: dg.AssetExecutionContext, duckdb: DuckDBResource) -> None:
        days = {"first": context.partition_key_range.start, "last": context.partition_key_range.end}
        with duckdb.get_connection() as connection:
            connection.execute("begin")
            connection.execute(f"create temp table new_rows as {query}", days)
            connection.execute(f"create table if not exists {name} as from new_rows limit 0")
            connection.execute(f"delete from {name} where ({key}) in (select ({key}) from new_rows)")
            connection.execute(f"insert into {name} from new_rows")
            connection.execute("commit; drop table new_rows")

    return table


def check(table: str, name: str, broken: str) -> dg.AssetChecksDefinition:
    """A blocking check which fails if a query for rows which break a rule finds one."""

    @dg.asset_check(asset=table, name=name, blocking=True)
    def rule(duckdb: DuckDBResource) -> dg.AssetCheckResult:
        with duckdb.get_connection() as connection:
            found = connection.execute(f"select count(*) from ({broken})").fetchall()[0][0]
        return dg.AssetCheckResult(passed=found == 0, metadata={"rows": found})

    return rule


def checks() -> Iterator[dg.AssetChecksDefinition]:
    for table, keys in UNIQUE.items():
        yield check(table, "unique", f"select {keys} from {table} group by all having count(*) > 1")
    for table, columns in REQUIRED.items():
        for column in columns.split():
            yield check(table, f"{column}_not_null", f"select 1 from {table} where {column} is null")
    for made_last, table, column, parent in REFERENCES:
        orphans = f"from {table} anti join {parent} using ({column}) where {column} is not null"
        yield check(made_last, f"{table}_{column}_in_{parent}", f"select 1 {orphans}")
    for column, values in ACCEPTED.items():
        yield check("events", f"{column}_accepted", f"select 1 from events where {column} not in {values}")


UNIQUE = {
    "users": "user_id",
    "songs": "song_id",
    "artists": "artist_id",
    "time": "start_time",
    "songplays": "session_id, item_in_session",
}
REQUIRED = {
    "events": "session_id item_in_session page ts",
    "users": "user_id",
    "songs": "song_id title artist_id",
    "artists": "artist_id name",
    "time": "start_time hour day week month year weekday",
    "songplays": "start_time session_id item_in_session",
}
REFERENCES = (
    ("songs", "songs", "artist_id", "artists"),
    ("time", "songplays", "start_time", "time"),
    ("songplays", "songplays", "user_id", "users"),
    ("songplays", "songplays", "song_id", "songs"),
    ("songplays", "songplays", "artist_id", "artists"),
)
ACCEPTED = {"level": ("free", "paid"), "gender": ("F", "M")}

defs = dg.Definitions(
    assets=[
        by_day("events", EVENTS, "log_date"),
        replaced("song_records", SONG_RECORDS),
        replaced("artists", ARTISTS, ("song_records",)),
        replaced("songs", SONGS, ("song_records", "artists")),
        by_day("users", USERS, "user_id", ("events",)),
        by_day("songplays", SONGPLAYS, "session_id, item_in_session", ("events", "users", "songs", "artists")),
        by_day("time", TIME, "start_time", ("songplays",)),
    ],
    asset_checks=list(checks()),
    resources={"duckdb": DuckDBResource(database=DATABASE)},
    executor=dg.in_process_executor,
)
