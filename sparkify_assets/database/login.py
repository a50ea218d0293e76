"""What the login of the settings sees of the database, for people."""

from collections.abc import Sequence

from sparkify_assets.database.columns import read_expressions, source_columns
from sparkify_assets.database.connection import Database
from sparkify_assets.database.source_table import SourceTable
from sparkify_assets.errors import SourceError

_SERVER = """
    select
        current_setting('server_version') as version,
        cast(current_user as text) as user_name,
        (select version from pg_stat_ssl where pid = pg_backend_pid()) as tls
"""
_RIGHTS = """
    select
        name as table_name,
        has_table_privilege(to_regclass(name), 'select') as may_read,
        has_table_privilege(to_regclass(name), 'insert, update, delete, truncate') as may_write
    from unnest(array[{names}]) as listed (name)
"""


def examine_login(database: Database, tables: Sequence[SourceTable]) -> str:
    """The server, and the tables which can be read; raises SourceError for one which cannot, or has changed."""
    with database.snapshot() as snapshot:
        (server,) = snapshot.fetch(_SERVER).to_pylist()
        columns = source_columns(snapshot, tables)
        for table in tables:
            read_expressions(table, columns[table.name])
        names = ", ".join(f"'{table.name}'" for table in tables)
        rights = snapshot.fetch(_RIGHTS.format(names=names)).to_pylist()
    if refused := [row["table_name"] for row in rights if not row["may_read"]]:
        raise SourceError(
            f"{server['user_name']} may not read {', '.join(refused)} of {database.location}. As their owner: grant "
            f"select on {', '.join(refused)} to {server['user_name']}."
        )
    writes = any(row["may_write"] for row in rights)
    return (
        f"PostgreSQL {server['version']} at {database.location}, {server['tls'] or 'without TLS'}; {len(tables)} "
        f"tables can be read{'; this login may write to them too, which nothing here needs' if writes else ''}"
    )
