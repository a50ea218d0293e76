"""The floor: the same SQL in a plain script, without Dagster, checks, rejects or a transaction.

Usage: python bare_script.py LAKE DATABASE FIRST_DAY LAST_DAY
"""

import sys
from datetime import date

import duckdb

from sparkify_assets.models.materialization import goes_unreferenced, load_statements, prune_statements
from sparkify_assets.models.model import dependency_order, load_order
from sparkify_assets.models.reading import models, tables_in, views
from sparkify_assets.warehouse.base import used_parameters
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql

STAGE_EVENTS = """
    insert into staging_events
    select
        artist, auth, firstName, gender, itemInSession, lastName, length, level, location, method, page, registration,
        sessionId, song, status, ts, userAgent, try_cast(userId as integer),
        cast(regexp_extract(filename, '(\\d{4}-\\d{2}-\\d{2})-events', 1) as date)
    from read_json(
        $files, filename = true, format = 'newline_delimited',
        columns = {
            artist: 'VARCHAR', auth: 'VARCHAR', firstName: 'VARCHAR', gender: 'VARCHAR', itemInSession: 'INTEGER',
            lastName: 'VARCHAR', length: 'DOUBLE', level: 'VARCHAR', location: 'VARCHAR', method: 'VARCHAR',
            page: 'VARCHAR', registration: 'DOUBLE', sessionId: 'INTEGER', song: 'VARCHAR', status: 'INTEGER',
            ts: 'BIGINT', userAgent: 'VARCHAR', userId: 'VARCHAR'
        }
    )
"""

STAGE_SONGS = """
    insert into staging_songs
    select
        artist_id, artist_latitude, artist_location, artist_longitude, artist_name, duration, num_songs, song_id,
        title, year, filename
    from read_json(
        $files, filename = true,
        columns = {
            artist_id: 'VARCHAR', artist_latitude: 'DOUBLE', artist_location: 'VARCHAR', artist_longitude: 'DOUBLE',
            artist_name: 'VARCHAR', duration: 'DOUBLE', num_songs: 'INTEGER', song_id: 'VARCHAR', title: 'VARCHAR',
            year: 'INTEGER'
        }
    )
"""


def main(lake: str, database: str, first_day: str, last_day: str) -> None:
    """Build staging and star."""
    days = {"first_day": date.fromisoformat(first_day), "last_day": date.fromisoformat(last_day)}
    star = load_order(tables_in("star"))
    loads = [statement for model in star for statement in load_statements(model)]
    prunes = [statement for model in filter(goes_unreferenced, star) for statement in prune_statements(model, star)]
    connection = duckdb.connect(database)
    tables = [model.create for model in dependency_order(models().values())]
    for create in (*tables, *(view.create for view in views().values())):
        connection.execute(duckdb_sql(create))
    connection.execute(STAGE_EVENTS, {"files": f"{lake}/log_data/*/*/*.json"})
    connection.execute(STAGE_SONGS, {"files": f"{lake}/song_data/*/*/*/*.json"})
    for statement in (*loads, *prunes):
        connection.execute(duckdb_sql(statement), used_parameters(statement, days))
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
