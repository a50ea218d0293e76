"""How the rows of a run replace those of a table: the statements which its `load:` line stands for.

| `load:`   | rows of a run replace                                                                        |
|-----------|----------------------------------------------------------------------------------------------|
| `replace` | the whole table (the default)                                                                |
| `upsert`  | rows of the same primary key which differ; rows which the query no longer gives go           |
| `days`    | rows whose `log_date` is in the days of the run, and those named by `affected_<table>`       |
| `weeks`   | rows of the weeks (`week_start`) in which plays changed, and those named by `affected_<table>` |
| `months`  | rows of the months (`play_month`) in which plays changed, and those over all time (null); a  |
|           | row with a `play_date` belongs to that day alone                                             |
| `script`  | what the statements of the file say                                                          |

An `upsert` leaves two temporary tables for those which are loaded after it, and for the audit: `new_<table>` with
the rows which it put in, `old_<table>` with those which it took out. Which rows go follows from its query: without
`:first_day` it gives the whole table; with it, in a table with a `log_date`, the rows under these days. In a table
which has no `log_date` a row goes once no row refers to it any more.

Loads by weeks and months find what changed since their last one in a temporary table, `changed_days`: a row per day of
plays in the time zone of the settings, with `play_date`, `week_start` and `play_month`.

A `days` load leaves `old_<table>` too, with the day and the foreign keys of the rows which it took out.
"""

from collections.abc import Iterable, Iterator, Sequence

from sparkify_assets.models.model import Model, equal, rows_of_run
from sparkify_assets.models.sql_text import leading_comment


def load_statements(model: Model) -> Iterator[str]:
    """The statements which load a table, in one transaction."""
    for helper in model.helpers:
        yield f"drop table if exists {_temp_name(helper)}"
        yield helper
    yield from model.script
    if model.queries:
        yield from (_upsert(model, *model.queries) if model.load == "upsert" else _replace(model))


def goes_unreferenced(model: Model) -> bool:
    """Whether a row of the table goes once no row refers to it any more."""
    return model.load == "upsert" and model.is_daily and "log_date" not in model.column_names


def prune_statements(model: Model, referring: Sequence[Model], *, whole: bool = False) -> Iterator[str]:
    """The statements which drop the rows of a table which none of the `referring` tables needs any more.

    Only what these tables took out in this transaction can have become unreferenced; with `whole` each row is looked
    at, since a table of these may have been lost.
    """
    for table in (table for table in referring if table.load == "days"):
        for key in (key for key in table.foreign_keys if key.table == model.name):
            gone, column = (model.name, key.reference) if whole else (f"old_{table.name}", key.column)
            yield from _create(f"orphans_{model.name}", _orphans(model.name, gone, column, referring))
            yield (
                f"delete from {model.name}\nusing orphans_{model.name}\n"
                f"where {model.name}.{key.reference} = orphans_{model.name}.{column}"
            )


def _orphans(name: str, gone: str, column: str, referring: Sequence[Model]) -> str:
    joins, missing = [], []
    for table in referring:
        for key in (key for key in table.foreign_keys if key.table == name):
            alias = f"{table.name}_{key.column}"
            # The range lets an engine skip the rows outside of it where few rows were taken out.
            joins.append(
                f"left join (\n    select {key.column}\n    from {table.name}\n    where {key.column} between "
                f"(select min({column}) from {gone}) and (select max({column}) from {gone})\n"
                f") as {alias} on {gone}.{column} = {alias}.{key.column}"
            )
            missing.append(f"{alias}.{key.column} is null")
    return "\n".join(
        [
            f"select distinct {gone}.{column}\nfrom {gone}",
            *joins,
            "where " + " and ".join([f"{gone}.{column} is not null", *missing]),
        ]
    )


def _replace(model: Model) -> Iterator[str]:
    name, key = model.name, model.affected_key
    if model.load == "days":
        references = dict.fromkeys(("log_date", *(key.column for key in model.foreign_keys)))
        yield from _create(f"old_{name}", rows_of_run(model, references))
    yield f"delete from {name}" + (f"\nwhere {model.scope}" if model.scope else "")
    if key:
        yield f"delete from {name}\nusing affected_{name}\nwhere {equal(name, f'affected_{name}', key)}"
    for query in model.queries:
        yield f"insert into {name} ({', '.join(model.loaded_columns)})\n{query}"


def _upsert(model: Model, query: str) -> Iterator[str]:
    name, key = model.name, model.primary_key
    columns = ", ".join(model.loaded_columns)
    by_reference = goes_unreferenced(model)
    given = f"{'new' if by_reference else 'given'}_{name}"
    yield from _create(given, query)
    if not by_reference:
        yield from _create(f"new_{name}", f"select {columns}\nfrom {given}")
    yield f"delete from new_{name}\nusing {name}\nwhere {_equal_rows(model)}"
    changed = f"{_select(model)}\ninner join new_{name} on {equal(name, f'new_{name}', key)}"
    yield from _create(f"old_{name}", changed if by_reference else f"{changed}\nunion all\n{_no_longer_given(model)}")
    yield f"delete from {name}\nusing old_{name}\nwhere {equal(name, f'old_{name}', key)}"
    yield f"insert into {name} ({columns})\nselect {columns}\nfrom new_{name}"


def _equal_rows(model: Model) -> str:
    """A join and not EXCEPT: its cost follows the rows of the run, not those of the table."""
    name, new = model.name, f"new_{model.name}"
    others = [column for column in model.loaded_columns if column not in model.primary_key]
    same = (f"({name}.{c} = {new}.{c} or ({name}.{c} is null and {new}.{c} is null))" for c in others)
    return "\n    and ".join([equal(name, new, model.primary_key), *same])


def _no_longer_given(model: Model) -> str:
    name, key = model.name, model.primary_key
    days = f"{name}.log_date between :first_day and :last_day and " if model.is_daily else ""
    return (
        f"{_select(model)}\nleft join given_{name} on {equal(name, f'given_{name}', key)}\n"
        f"where {days}given_{name}.{key[0]} is null"
    )


def _select(model: Model) -> str:
    return f"select {', '.join(f'{model.name}.{column}' for column in model.loaded_columns)}\nfrom {model.name}"


def _create(table: str, query: str) -> Iterable[str]:
    return f"drop table if exists {table}", f"create temp table {table} as\n{query}"


def _temp_name(helper: str) -> str:
    return helper.splitlines()[len(leading_comment(helper))].split()[3]
