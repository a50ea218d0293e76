"""Loading lake files into DuckDB.

Good lines go from the file to the table inside the engine, in one statement for many files. What a
column cannot hold is left out there, so that the number of rows staged falls short of the number of
lines in the files, counted beside it. Only the files of a day which falls short are read again, line
by line, to find what was left out and why.
"""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import orjson

from sparkify_assets.errors import LoadError
from sparkify_assets.lake.lines import count_lines, write_numbered_lines
from sparkify_assets.lake.sources import LOADED_COLUMNS
from sparkify_assets.warehouse.base import FileLoad, LoadedFiles, quoted
from sparkify_assets.warehouse.duckdb.failures import is_about_writing
from sparkify_assets.warehouse.duckdb.values import identifier, is_valid, reason, text_list, typed_value

_USUAL_LINE = 1 << 24


class DuckDBLoad:
    """One load of lake files into one staging table, inside the open transaction of `connection`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, load: FileLoad) -> None:
        self._connection, self._load, self._table = connection, load, load.source.table
        self._columns = list(load.fields.values())
        self._loaded_columns = [c.name for c in load.source.model.columns if c.name in LOADED_COLUMNS]

    def run(self) -> LoadedFiles:
        """Load the files; see `Session.load_files`."""
        with self._load.lake.fetched(self._load.files) as paths, TemporaryDirectory(prefix="sparkify-") as folder:
            self._list_files(paths)
            if self._load.source.is_daily:
                return self._load_whole_files(paths, Path(folder))
            return self._load_line_by_line(paths, Path(folder))

    def _list_files(self, paths: Mapping[str, str]) -> None:
        self._connection.execute(
            """
            create or replace temp table loading_files as
            select
                unnest($paths::varchar[]) as path,
                unnest($names::varchar[]) as source_file,
                unnest($days::date[]) as log_date
            """,
            {
                "paths": [paths[file.name] for file in self._load.files],
                "names": [file.name for file in self._load.files],
                "days": [file.day for file in self._load.files],
            },
        )

    def _load_line_by_line(self, paths: Mapping[str, str], work: Path) -> LoadedFiles:
        counts = self._number_lines(paths, work)
        return LoadedFiles(counts, self._insert("from numbered_lines as lines"), self._write_rejects())

    def _load_whole_files(self, paths: Mapping[str, str], work: Path) -> LoadedFiles:
        with ThreadPoolExecutor(1) as counter:
            counting = counter.submit(lambda: {name: count_lines(path) for name, path in paths.items()})
            try:
                rows = self._insert_whole_files(paths)
            except duckdb.IOException as error:
                counting.result()  # says which file cannot be read
                if is_about_writing(error):
                    raise
                raise LoadError(f"The files for {self._table} cannot be read: {error}") from error
            except duckdb.InvalidInputException as error:
                raise LoadError(
                    f"A line of the files for {self._table} is longer than DuckDB reads: {str(error).splitlines()[0]} "
                    "Nothing was staged. Split the line or take it out."
                ) from error
            counts = counting.result()
        rejects = 0
        if short := self._days_which_fall_short(counts):
            doubtful = {file.name: paths[file.name] for file in self._load.files if file.day in short}
            counts |= self._number_lines(doubtful, work)
            rejects = self._write_rejects()
        return LoadedFiles(counts, rows, rejects)

    def _insert_whole_files(self, paths: Mapping[str, str]) -> int:
        json_columns = ", ".join(f"{quoted(field)}: 'VARCHAR'" for field in self._load.fields)
        return self._insert(
            f"""
            from (
                select files.source_file, files.log_date, {self._raw_values("parsed")}
                from read_json(
                    {text_list(paths.values())}, format = 'newline_delimited',
                    records = 'true', columns = {{{json_columns}}}, filename = true, ignore_errors = true
                ) as parsed
                inner join loading_files as files on parsed.filename = files.path
            ) as lines
            """
        )

    def _days_which_fall_short(self, counts: Mapping[str, int]) -> set[date | None]:
        lines: Counter[date | None] = Counter()
        for file in self._load.files:
            lines[file.day] += counts[file.name]
        days = [day for day in lines if day]
        staged = self._connection.execute(
            f"select log_date, count(*) from {self._table} where log_date between $first and $last group by log_date",
            {"first": min(days), "last": max(days)},
        )
        rows = dict(staged.fetchall())
        return {day for day, count in lines.items() if count != rows.get(day, 0)}

    def _number_lines(self, paths: Mapping[str, str], work: Path) -> dict[str, int]:
        """Put the lines of some files, with their numbers, into `numbered_lines`; how many each has."""
        numbered = work / "lines.ndjson"
        try:
            longest = write_numbered_lines(paths, numbered, one_record_per_file=self._load.source.one_record_per_file)
        except OSError as error:
            raise LoadError(
                f"The lines for {self._table} cannot be written to {work}: {error.strerror}. Nothing was staged. "
                "Free some space there, or set TMPDIR to a folder on another disk."
            ) from error
        structure = orjson.dumps(dict.fromkeys(self._load.fields, "VARCHAR")).decode()
        self._connection.execute(
            f"""
            create or replace temp table numbered_lines as
            select
                source_file, log_date, line_number, line, parse_error, record is not null as is_object,
                {self._raw_values("record")}
            from (
                select
                    lines.source_file, files.log_date, lines.line_number, lines.line, lines.parse_error,
                    case when lines.parse_error is null and json_valid(lines.line) and json_type(lines.line) = 'OBJECT'
                        then from_json(lines.line, {quoted(structure)})
                    end as record
                from read_json(
                    {quoted(str(numbered))}, format = 'newline_delimited',
                    maximum_object_size = {max(longest, _USUAL_LINE)},
                    columns = {{source_file: 'VARCHAR', line_number: 'BIGINT', line: 'VARCHAR', parse_error: 'VARCHAR'}}
                ) as lines
                inner join loading_files as files on lines.source_file = files.source_file
            )
            """
        )
        counted = self._connection.execute("select source_file, count(*) from numbered_lines group by source_file")
        return dict.fromkeys(paths, 0) | dict(counted.fetchall())

    def _insert(self, lines: str) -> int:
        names = [*(column.name for column in self._columns), *self._loaded_columns]
        values = [*(f"v{index}" for index in range(len(self._columns))), *self._loaded_columns]
        return self._count(
            f"""
            insert into {self._table} ({", ".join(names)})
            select {", ".join(values)}
            from (select *, {self._typed_values()} {lines})
            where {" and ".join(f"({valid})" for valid in self._validity())}
            """
        )

    def _write_rejects(self) -> int:
        """Reject the lines of `numbered_lines` which do not fit, each with its first reason."""
        invalid = [f"when ({valid}) is not true then" for valid in self._validity()]
        why = (reason(column, f"c{index}") for index, column in enumerate(self._columns))
        reasons = " ".join(f"{when} {text}" for when, text in zip(invalid, why, strict=True))
        fields = " ".join(f"{when} {quoted(field)}" for when, field in zip(invalid, self._load.fields, strict=True))
        raws = " ".join(f"{when} c{index}" for index, when in enumerate(invalid))
        return self._count(
            f"""
            insert into load_rejects
                (table_name, source_file, line_number, column_name, reason, raw_value, raw_line, log_date)
            select
                '{self._table}', source_file, line_number, case when is_object then column_name end, reason,
                left(case when is_object then raw_value end, 256), left(line, 1024), log_date
            from (
                select
                    source_file, line_number, line, log_date, is_object,
                    case
                        when parse_error is not null then parse_error
                        when not is_object then 'not a JSON object'
                        {reasons}
                    end as reason,
                    case {fields} end as column_name,
                    case {raws} end as raw_value
                from (select *, {self._typed_values()} from numbered_lines)
            )
            where reason is not null
            """
        )

    def _count(self, insert: str) -> int:
        """Run an insert; how many rows it wrote."""
        ((rows,),) = self._connection.execute(insert).fetchall()
        return int(rows)

    def _raw_values(self, record: str) -> str:
        return ", ".join(f"{record}.{identifier(field)} as c{n}" for n, field in enumerate(self._load.fields))

    def _typed_values(self) -> str:
        return ", ".join(f"{typed_value(column, f'c{n}')} as v{n}" for n, column in enumerate(self._columns))

    def _validity(self) -> list[str]:
        return [is_valid(column, f"c{n}", f"v{n}") for n, column in enumerate(self._columns)]
