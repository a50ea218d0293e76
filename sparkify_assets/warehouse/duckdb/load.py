"""Loading plain lake files into DuckDB: from the file to the table inside the engine, in one statement for many files.

What a column cannot hold is left out there, and what other engines might read otherwise. So the number of rows staged
falls short of the number of records in the file, counted beside it, and the file is left to those who read it record
by record.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from itertools import zip_longest

import duckdb

from sparkify_assets.lake.base import LakeFile
from sparkify_assets.lake.records import count_plain
from sparkify_assets.lake.sources import LOADED_COLUMNS
from sparkify_assets.warehouse.base import FileLoad, NotPlain, quoted
from sparkify_assets.warehouse.duckdb.failures import is_about_writing
from sparkify_assets.warehouse.duckdb.numbers import decoder_of_lines, fields_of_numbers
from sparkify_assets.warehouse.duckdb.values import identifier, is_as_written, is_number, literal_path, typed_value


class DuckDBLoad:
    """One load of lake files into one staging table, inside the open transaction of `connection`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, load: FileLoad) -> None:
        self._connection, self._load, self._table = connection, load, load.source.table
        self._columns = list(load.fields.values())
        self._loaded_columns = [c.name for c in load.source.model.columns if c.name in LOADED_COLUMNS]

    def load_plain_files(self) -> dict[str, int]:
        """See `Session.load_plain_files`."""
        if len({field.lower() for field in self._load.fields}) < len(self._load.fields):
            return {}  # DuckDB does not tell such names apart
        with self._load.lake.fetched(self._load.files) as paths:
            written = [file for file in self._load.files if literal_path(paths[file.name])]
            numbers = fields_of_numbers(paths[written[0].name], self._load.fields) if written else frozenset()
            counts = self._load_days(written, paths, numbers)
            if numbers and (others := [file for file in written if file.name not in counts]):
                counts |= self._load_days(others, paths, frozenset())
        return counts

    def _load_days(
        self, files: Sequence[LakeFile], paths: Mapping[str, str], numbers: frozenset[str]
    ) -> dict[str, int]:
        """Load the days of which each record fits, with the fields `numbers` read as such; their files, counted."""
        decoder = decoder_of_lines(self._load.fields, self._load.source.usable, numbers)
        with ThreadPoolExecutor(1) as counter:
            counting = counter.submit(lambda: {file.name: count_plain(paths[file.name], decoder) for file in files})
            try:
                short = self._insert_in_rounds(files, paths, numbers, counting)
            except (duckdb.IOException, duckdb.InvalidInputException) as error:
                counts = counting.result()
                # Only DuckDB minds what follows the end of gzip data, and it does not always name the file.
                not_plain = [name for name, count in counts.items() if count is None] or [
                    name for name in counts if name.lower().endswith(".gz")
                ]
                if is_about_writing(error) or not not_plain:
                    raise
                raise NotPlain(not_plain) from error
        for day in short:
            self._connection.execute(f"delete from {self._table} where log_date = $day", {"day": day})
        counts = counting.result()
        return {file.name: counts[file.name] or 0 for file in files if file.day not in short}

    def _insert_in_rounds(
        self,
        files: Sequence[LakeFile],
        paths: Mapping[str, str],
        numbers: frozenset[str],
        counting: "Future[dict[str, int | None]]",
    ) -> set[date | None]:
        """Insert a file of each day, then the next of each: rows are counted by file. The days which fall short."""
        wanted: Counter[date | None] = Counter()
        short: set[date | None] = set()
        for of_round in _rounds(files):
            if some := [file for file in of_round if file.day not in short]:
                self._insert({file.day: paths[file.name] for file in some}, numbers)
                rows, counts = self._rows_by_day(), counting.result()
                wanted.update({file.day: counts[file.name] or 0 for file in some})
                short |= {
                    file.day for file in some if counts[file.name] is None or rows.get(file.day, 0) != wanted[file.day]
                }
        return short | self._days_of_other_texts({file.day for file in files})

    def _insert(self, path_of_day: Mapping[date | None, str], numbers: frozenset[str]) -> None:
        names = [*(column.name for column in self._columns), *self._loaded_columns]
        values = [*(f"v{index}" for index in range(len(self._columns))), *self._loaded_columns]
        raw, typed, held, fields = [], [], ["true"], []
        for n, (field, column) in enumerate(self._load.fields.items()):
            raw.append(f"parsed.{identifier(field)} as c{n}")
            if field in numbers or column.byte_limit:
                typed.append(f"c{n} as v{n}")
            else:
                typed.append(f"{typed_value(column, f'c{n}')} as v{n}")
                held.append(is_number(column, self._load.source.usable.get(column.name), f"c{n}", f"v{n}"))
            fields.append(f"{quoted(field)}: {quoted(column.type if field in numbers else 'VARCHAR')}")
            if not column.nullable:
                held.append(f"v{n} is not null")
        path_name = "path"
        while path_name in {field.lower() for field in self._load.fields}:
            path_name += "_"
        self._list_files(path_of_day)
        self._connection.execute(
            f"""
            insert into {self._table} ({", ".join(names)})
            select {", ".join(values)}
            from (
                select *, {", ".join(typed)}
                from (
                    select files.log_date, {", ".join(raw)}
                    from read_json(
                        [{", ".join(quoted(literal_path(path)) for path in path_of_day.values())}],
                        format = 'newline_delimited', records = 'true', columns = {{{", ".join(fields)}}},
                        filename = {quoted(path_name)}, ignore_errors = true, hive_partitioning = false
                    ) as parsed
                    inner join loading_files as files on parsed.{path_name} = files.path
                )
            )
            where {" and ".join(f"({one})" for one in held)}
            """
        )

    def _days_of_other_texts(self, days: Set[date | None]) -> set[date | None]:
        """Which of these days have a text which may not be the one in the file, told of the rows of all rounds."""
        are_as_written = [f"({is_as_written(column)})" for column in self._columns if column.byte_limit]
        found = self._connection.execute(
            f"""
            select distinct log_date
            from {self._table}
            where log_date between $first and $last and list_contains($days::date[], log_date)
                and not ({" and ".join(are_as_written or ["true"])})
            """,
            self._days | {"days": list(days)},
        )
        return {day for (day,) in found.fetchall()}

    def _list_files(self, path_of_day: Mapping[date | None, str]) -> None:
        self._connection.execute(
            """
            create or replace temp table loading_files as
            select unnest($paths::varchar[]) as path, unnest($days::date[]) as log_date
            """,
            {"paths": list(path_of_day.values()), "days": list(path_of_day)},
        )

    def _rows_by_day(self) -> dict[date | None, int]:
        found = self._connection.execute(
            f"select log_date, count(*) from {self._table} where log_date between $first and $last group by log_date",
            self._days,
        )
        return dict(found.fetchall())

    @property
    def _days(self) -> dict[str, date]:
        days = [file.day for file in self._load.files if file.day]
        return {"first": min(days), "last": max(days)}


def _rounds(files: Sequence[LakeFile]) -> Iterator[list[LakeFile]]:
    by_day: dict[date | None, list[LakeFile]] = defaultdict(list)
    for file in files:
        by_day[file.day].append(file)
    for files_of_round in zip_longest(*by_day.values()):
        yield [file for file in files_of_round if file]
