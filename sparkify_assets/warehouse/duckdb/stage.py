"""Staging lake files into DuckDB.

Good lines go from the file to the table inside the engine, in one statement for many files. What a
column cannot hold is left out there, so that the number of rows staged falls short of the number of
lines in the files, counted beside it. Only the files of a day which falls short are read again, line
by line, to find what was left out and why; and every line has to be found.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import orjson

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.lines import count_lines, write_numbered_lines
from sparkify_assets.models.model import Model
from sparkify_assets.warehouse.base import Source, Staged, quoted
from sparkify_assets.warehouse.duckdb.failures import is_about_writing
from sparkify_assets.warehouse.duckdb.values import fits, identifier, reason, text_list, typed_value
from sparkify_assets.warehouse.rejects import Reject, refuse_too_many

_LOG_DATE, _SOURCE_FILE = "log_date", "source_file"
_USUAL_LINE = 1 << 24
_TECHNICAL = (_LOG_DATE, _SOURCE_FILE)


class Stage:
    """One load of lake files into one staging table, inside the open transaction of `connection`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, model: Model, source: Source) -> None:
        self._connection = connection
        self._model = model
        self._source = source
        self._technical = [c for c in model.columns if c.name in _TECHNICAL]
        columns = [c for c in model.columns if c.name not in _TECHNICAL]
        if len(columns) != len(source.fields):
            raise LoadError(
                f"The lake's JSONPaths name {len(source.fields)} fields, but {model.name} has {len(columns)} columns "
                f"for them: {', '.join(c.name for c in columns)}. Make log_json_path.json list one path for each."
            )
        self._fields = dict(zip(source.fields, columns, strict=True))

    def run(self) -> Staged:
        """Stage the files; see `Session.stage`."""
        with self._source.lake.fetched(self._source.files) as paths, TemporaryDirectory(prefix="sparkify-") as folder:
            self._list_files(paths)
            work = Path(folder)
            if self._source.documents:
                lines, rows = self._stage_documents(paths, work)
            else:
                lines, rows = self._stage_logs(paths, work)
        rejects = lines - rows
        refuse_too_many(self._model, self._source, lines, rejects, self._first_rejects() if rejects else [])
        self._connection.execute(
            f"insert into lake_files select '{self._model.name}', source_file, log_date, size_bytes, stamp, line_count "
            "from staged_files"
        )
        return Staged(len(self._source.files), lines, rows, rejects)

    def _list_files(self, paths: Mapping[str, str]) -> None:
        files = self._source.files
        self._connection.execute(
            """
            create or replace temp table staged_files as
            select
                unnest($paths::varchar[]) as path, unnest($names::varchar[]) as source_file,
                unnest($days::date[]) as log_date, unnest($sizes::bigint[]) as size_bytes,
                unnest($stamps::varchar[]) as stamp, null::bigint as line_count
            """,
            {
                "paths": [paths[file.name] for file in files],
                "names": [file.name for file in files],
                "days": [file.day for file in files],
                "sizes": [file.size for file in files],
                "stamps": [file.stamp for file in files],
            },
        )

    def _stage_logs(self, paths: Mapping[str, str], work: Path) -> tuple[int, int]:
        before = self._rows_by_day()
        with ThreadPoolExecutor(1) as counter:
            counting = counter.submit(lambda: {name: count_lines(path) for name, path in paths.items()})
            try:
                self._insert_whole_files(paths)
            except duckdb.IOException as error:
                counting.result()  # says which file cannot be read
                if is_about_writing(error):
                    raise
                raise LoadError(f"The files for {self._model.name} cannot be read: {error}") from error
            except duckdb.InvalidInputException as error:
                said = str(error).splitlines()[0]
                raise LoadError(
                    f"A line of the files for {self._model.name} is longer than DuckDB reads: {said} "
                    "Nothing was staged. Split the line or take it out."
                ) from error
            counts = counting.result()
        self._set_line_counts(counts)
        after = self._rows_by_day()
        staged = {day: rows - before.get(day, 0) for day, rows in after.items()}
        short = self._days_which_fall_short(counts, staged)
        if short:
            doubtful = {file.name: paths[file.name] for file in self._source.files if file.day in short}
            self._number_lines(doubtful, work)
            self._account_for(doubtful, sum(staged.get(day, 0) for day in short))
        total = self._connection.execute("select coalesce(sum(line_count), 0) from staged_files").fetchone()
        assert total is not None
        return int(total[0]), sum(staged.values())

    def _insert_whole_files(self, paths: Mapping[str, str]) -> None:
        if paths:
            self._insert(
                f"""
                from (
                    select files.source_file, files.log_date, {self._aliased("parsed")}
                    from read_json(
                        {text_list(paths.values())}, format = 'newline_delimited',
                        records = 'true', columns = {self._json_columns()}, filename = true, ignore_errors = true
                    ) as parsed
                    inner join staged_files as files on parsed.filename = files.path
                ) as lines
                """
            )

    def _stage_documents(self, paths: Mapping[str, str], work: Path) -> tuple[int, int]:
        self._number_lines(paths, work)
        rows = self._insert("from numbered_lines as lines")
        return self._account_for(paths, rows), rows

    def _rows_by_day(self) -> dict[date, int]:
        days = sorted({file.day for file in self._source.files if file.day})
        if not days:
            return {}
        found = self._connection.execute(
            f"select log_date, count(*) from {self._model.name} "
            "where log_date between $first and $last group by log_date",
            {"first": days[0], "last": days[-1]},
        )
        return dict(found.fetchall())

    def _days_which_fall_short(self, counts: Mapping[str, int], staged: Mapping[date, int]) -> set[date]:
        lines: dict[date, int] = {}
        for file in self._source.files:
            if file.day:
                lines[file.day] = lines.get(file.day, 0) + counts[file.name]
        return {day for day, count in lines.items() if count != staged.get(day, 0)}

    def _number_lines(self, paths: Mapping[str, str], work: Path) -> None:
        numbered = work / "lines.ndjson"
        try:
            longest = write_numbered_lines(paths, numbered, documents=self._source.documents)
        except OSError as error:
            raise LoadError(
                f"The lines for {self._model.name} cannot be written to {work}: {error.strerror}. Nothing was staged. "
                "Free some space there, or set TMPDIR to a folder on another disk."
            ) from error
        structure = orjson.dumps(dict.fromkeys(self._fields, "VARCHAR")).decode()
        self._connection.execute(
            f"""
            create or replace temp table numbered_lines as
            select
                source_file, log_date, line_number, line, damage, record is not null as is_object,
                {self._aliased("record")}
            from (
                select
                    lines.source_file, files.log_date, lines.line_number, lines.line, lines.damage,
                    case when lines.damage is null and json_valid(lines.line) and json_type(lines.line) = 'OBJECT'
                        then from_json(lines.line, {quoted(structure)})
                    end as record
                from read_json(
                    {quoted(str(numbered))}, format = 'newline_delimited',
                    maximum_object_size = {max(longest, _USUAL_LINE)},
                    columns = {{source_file: 'VARCHAR', line_number: 'BIGINT', line: 'VARCHAR', damage: 'VARCHAR'}}
                ) as lines
                inner join staged_files as files on lines.source_file = files.source_file
            )
            """
        )

    def _account_for(self, files: Mapping[str, object], rows: int) -> int:
        """Write the rejects among the numbered lines; raises LoadError unless they and `rows` are all lines."""
        rejects = self._write_rejects()
        counts = dict(
            self._connection.execute("select source_file, count(*) from numbered_lines group by source_file").fetchall()
        )
        lines = sum(counts.values())
        if lines != rows + rejects:
            raise LoadError(
                f"{lines} lines for {self._model.name} lie in the lake, but {rows} fit and {rejects} do not. "
                "Nothing was staged. Were the files changed during the load? Run again; if it stays, report it."
            )
        self._set_line_counts({name: counts.get(name, 0) for name in files})
        return lines

    def _set_line_counts(self, counts: Mapping[str, int]) -> None:
        self._connection.execute(
            "update staged_files set line_count = known.line_count "
            "from (select unnest($names::varchar[]) as name, unnest($counts::bigint[]) as line_count) as known "
            "where staged_files.source_file = known.name",
            {"names": list(counts), "counts": list(counts.values())},
        )

    def _insert(self, lines: str) -> int:
        columns = list(self._fields.values())
        values = [f"v{place}" for place in range(len(columns))]
        names = [c.name for c in (*columns, *self._technical)]
        fitting = " and ".join(f"({fits(column, f'c{place}', f'v{place}')})" for place, column in enumerate(columns))
        inserted = self._connection.execute(
            f"""
            insert into {self._model.name} ({", ".join(names)})
            select {", ".join([*values, *(c.name for c in self._technical)])}
            from (select *, {self._values()} {lines})
            where {fitting}
            """
        ).fetchone()
        assert inserted is not None
        return int(inserted[0])

    def _write_rejects(self) -> int:
        columns = list(self._fields.items())
        unfit = [
            (f"({fits(column, f'c{place}', f'v{place}')}) is not true", f"c{place}", field, column)
            for place, (field, column) in enumerate(columns)
        ]
        broken = "when damage is not null then damage when not is_object then 'not a JSON object'"
        reasons = " ".join(f"when {test} then {reason(column, raw)}" for test, raw, _, column in unfit)
        names = " ".join(f"when {test} then {quoted(field)}" for test, _, field, _ in unfit)
        raws = " ".join(f"when {test} then {raw}" for test, raw, _, _ in unfit)
        inserted = self._connection.execute(
            f"""
            insert into load_rejects
                (table_name, source_file, line_number, column_name, reason, raw_value, raw_line, log_date)
            select
                '{self._model.name}', source_file, line_number, case when is_object then column_name end, reason,
                left(case when is_object then raw_value end, 256), left(line, 1024), log_date
            from (
                select
                    source_file, line_number, line, log_date, is_object,
                    case {broken} {reasons} end as reason,
                    case {names} end as column_name,
                    case {raws} end as raw_value
                from (select *, {self._values()} from numbered_lines)
            )
            where reason is not null
            """
        ).fetchone()
        assert inserted is not None
        return int(inserted[0])

    def _first_rejects(self) -> list[Reject]:
        found = self._connection.execute(
            f"select {', '.join(Reject.__dataclass_fields__)} from load_rejects where table_name = $table "
            "and source_file in (select source_file from staged_files) order by source_file, line_number limit 10",
            {"table": self._model.name},
        )
        return [Reject(*row) for row in found.fetchall()]

    def _aliased(self, record: str) -> str:
        return ", ".join(f"{record}.{identifier(field)} as c{place}" for place, field in enumerate(self._fields))

    def _values(self) -> str:
        return ", ".join(f"{typed_value(column, f'c{n}')} as v{n}" for n, column in enumerate(self._fields.values()))

    def _json_columns(self) -> str:
        return "{" + ", ".join(f"{quoted(field)}: 'VARCHAR'" for field in self._fields) + "}"
