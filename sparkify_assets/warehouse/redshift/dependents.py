"""Views of others which are made of tables of `sql/`: Redshift drops no table under them.

A late-binding view (WITH NO SCHEMA BINDING) is none of them: its tables may go and come back.
"""

from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.reading import models, views
from sparkify_assets.warehouse.base import Session

# After the view find_depend of AWS, DROP TABLE. A view's rule depends on what it reads, and internally on its view.
_DEPENDENTS = """
    select distinct
        spaces.nspname as schema_name,
        dependents.relname as view_name,
        tables.relname as table_name
    from pg_depend as reads
    inner join pg_class as tables on reads.refobjid = tables."oid"
    inner join pg_depend as owns on reads.objid = owns.objid and owns.deptype = 'i'
    inner join pg_class as dependents on owns.refobjid = dependents."oid"
    inner join pg_namespace as spaces on dependents.relnamespace = spaces."oid"
    inner join pg_namespace as own_space on tables.relnamespace = own_space."oid"
    where
        tables.relname in ({names})
        and own_space.nspname = {schema}
        and dependents.relkind in ('v', 'm')
        and dependents."oid" <> tables."oid"
    order by schema_name, view_name, table_name
"""


def require_no_dependents(session: Session, schema: str, location: str) -> None:
    """Raise WarehouseError, with their names, if views of somebody else are made of tables of `sql/`."""
    ours = {*models(), *views()}
    names = ", ".join(session.quoted(name) for name in sorted(ours))
    found = session.fetch(_DEPENDENTS.format(names=names, schema=session.quoted(schema)))
    others = {f"{space}.{view}": table for space, view, table in found.rows if not (space == schema and view in ours)}
    if others:
        listed = ", ".join(f"{view} (made of {table})" for view, table in others.items())
        raise WarehouseError(
            f"Nothing was dropped: {location} has views which are not Sparkify's and are made of its tables: {listed}. "
            "Drop them, or create them anew WITH NO SCHEMA BINDING; then run sparkify reset again."
        )
