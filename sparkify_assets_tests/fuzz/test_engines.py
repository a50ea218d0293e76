"""Whatever is in a lake becomes rows, or rejects with a reason: the same on both engines, and however it is read."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sparkify_assets.lake.base import Lake
from sparkify_assets.warehouse.base import Warehouse
from sparkify_assets.warehouse.duckdb.load import DuckDBLoad
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets_tests.contract.engines import DuckDB, Engine, Redshift
from sparkify_assets_tests.fuzz.lakes import DAYS, FuzzLake, make_lake
from sparkify_assets_tests.production import Production
from sparkify_assets_tests.workbench import SmallLake

Found = dict[str, Counter[tuple[Any, ...]]]
SEED = int(os.environ.get("FUZZ_SEED", "0"))
LAKES = int(os.environ.get("FUZZ_LAKES", "2"))
LONGEST_SECONDS = 120
TABLES = {
    "staging_events": "*",
    "staging_songs": "*",
    "load_rejects": "*",
    "lake_files": "table_name, source_file, log_date, size_bytes, record_count",
}


@pytest.mark.long
@pytest.mark.redshift
@pytest.mark.parametrize("seed", range(SEED, SEED + LAKES))
def test_a_lake_is_read_alike_and_nothing_is_lost(
    seed: int, tmp_path: Path, production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = make_lake(seed)
    folder = SmallLake(tmp_path / "lake")
    lake.write(folder.folder)
    with no_hang(), repeatable(seed):
        fast = loaded(DuckDB(folder, tmp_path / "fast.duckdb"))
        require_none(failures(lake, fast))
        monkeypatch.setattr(DuckDBLoad, "load_plain_files", lambda self: {})
        require_none(differences(lake, fast, loaded(DuckDB(folder, tmp_path / "slow.duckdb"))))
        require_none(differences(lake, fast, loaded(on_redshift(folder, production, seed))))


def require_none(wrong: list[str]) -> None:
    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)


class UploadedOnce(Redshift):
    """The engine; its lake does not change."""

    def __init__(self, folder: SmallLake, production: Production, **changes: str) -> None:
        self.changes = changes
        super().__init__(folder, production)
        production.bring(folder.folder)

    def another_client(self, *, read_only: bool = False, schema: str = "") -> Warehouse:
        return open_warehouse(self.production.settings(schema=schema, **self.changes), read_only=read_only)

    def lake(self) -> Lake:
        return self.production.lake


def on_redshift(folder: SmallLake, production: Production, seed: int) -> Redshift:
    """Every fifth lake is loaded without a folder for manifests."""
    return UploadedOnce(folder, production, **({"work_uri": ""} if seed % 5 == 4 else {}))


def loaded(engine: Engine) -> Found:
    engine.warehouse.create_tables()
    engine.stage_days("2018-11-01", f"2018-11-{DAYS}")
    engine.stage_songs()
    found = {table: Counter(engine.rows(f"select {names} from {table}")) for table, names in TABLES.items()}
    engine.warehouse.close()
    return found


def failures(lake: FuzzLake, found: Found) -> list[str]:
    """What is not as the generator says, and records which are neither rows nor rejects."""
    wrong = []
    counts: dict[str, int] = {row[1]: row[-1] for row in found["lake_files"]}
    if counts.keys() != lake.loaded.keys():
        wrong.append(f"not the files: {counts.keys() ^ lake.loaded.keys()}")
    rejects: dict[str, list[Any]] = {name: [] for name in lake.loaded}
    for _, name, line, field, reason, raw, *_ in sorted(found["load_rejects"].elements(), key=lambda row: row[:3]):
        rejects[name].append((line, field, reason, raw))
    for name, made in lake.loaded.items():
        if made.is_decided and (counts.get(name), rejects[name]) != (made.records, made.rejects):
            wrong.append(
                shown(
                    lake,
                    name,
                    f"{counts.get(name)} records, rejects {rejects[name]}\nnot {made.records}, {made.rejects}",
                )
            )
    rows = Counter(day_or_file(row) for table in ("staging_events", "staging_songs") for row in found[table].elements())
    wanted: Counter[str] = Counter()
    for name, count in counts.items():
        wanted[lake.days.get(name, name)] += count - len(rejects[name])
    wrong += [f"{key}: {rows[key]} rows, not {wanted[key]}" for key in wanted if rows[key] != wanted[key]]
    staged = {
        key: Counter(row[:-1] for row in found[table].elements() if day_or_file(row) == key)
        for table, key in places(lake)
    }
    for name, made in lake.loaded.items():
        if missing := Counter(made.rows) - staged[lake.days.get(name, name)] if made.is_decided else None:
            wrong.append(shown(lake, name, f"rows which are missing: {list(missing)}"))
    return wrong


def places(lake: FuzzLake) -> set[tuple[str, str]]:
    return {
        ("staging_events", lake.days[name]) if name in lake.days else ("staging_songs", name) for name in lake.loaded
    }


def day_or_file(row: tuple[Any, ...]) -> str:
    return str(row[-1])


def differences(lake: FuzzLake, one: Found, other: Found) -> list[str]:
    """Rows which only one has, with the files which they may be of."""
    wrong = []
    for table in TABLES:
        only, missing = one[table] - other[table], other[table] - one[table]
        if only or missing:
            keys = {str(value) for row in (only | missing) for value in row if value is not None}
            serials = {str(row[4]).encode() for row in (only | missing)} if table == "staging_events" else {b""}
            names = [
                name
                for name in lake.loaded
                if name in keys
                or (lake.days.get(name) in keys and any(one in lake.loaded[name].content for one in serials))
            ]
            wrong.append(f"{table}: only in the first {list(only)}\nonly in the second {list(missing)}")
            wrong += [shown(lake, name, "") for name in names[:2]]
    return wrong


def shown(lake: FuzzLake, name: str, what: str) -> str:
    return f"{name!r}: {what}\n{lake.loaded[name].content[:3000]!r}"


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Say how to see a failure again."""
    try:
        yield
    except BaseException:
        print(f"\nAgain: make fuzz FUZZ_SEED={seed} FUZZ_LAKES=1")
        raise


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail after a time."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"not done after {LONGEST_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
