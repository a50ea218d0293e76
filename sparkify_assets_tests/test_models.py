"""`sql/` is the model: what is read from a file, which files are refused, and which texts the engine gets."""

import json
import os
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import sqlglot

from sparkify_assets.definitions import build_definitions
from sparkify_assets.loading.key_audit import key_rules
from sparkify_assets.models.ddl import Column, ForeignKey
from sparkify_assets.models.model import (
    Model,
    dependency_order,
    models,
    pruned_with,
    read_model,
    read_models,
    sql_folder,
)
from sparkify_assets.models.sql_text import DIALECT, ModelError, statements
from sparkify_assets.models.sql_checks import read_check, sql_checks
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql

SNAPSHOTS = Path(__file__).parent / "snapshots"
FILES = sorted(sql_folder().rglob("*.sql"))
CHECKS = [check for name in models() for check in sql_checks(name, models())]

PLAYS = """
-- One row per play.
-- A second line.
create table if not exists plays (
    play_id bigint identity(0, 1) not null, -- Key; without meaning
    title varchar(8) not null, -- Title -- as written
    seconds double precision, -- Seconds, null if unknown
    listener integer, -- Listener
    log_date date not null, -- Day
    primary key (play_id),
    unique (title, listener),
    foreign key (listener) references people (person_id)
)
distkey (listener)
sortkey (log_date, title);

-- With the listeners; a comment with a ; in it.
drop table if exists heard;

create temp table heard as
select people.person_id from people inner join staged on people.person_id = staged.person_id;

insert into plays (title, listener)
select 'a;b', person_id from heard where log_date between :first_day and :last_day;

-- prune
delete from plays where listener is null;
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def to_file(name: str, text: str) -> Path:
        path = tmp_path / "star" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return to_file


@pytest.fixture
def plays(write: Callable[[str, str], Path]) -> Model:
    return read_model(write("plays.sql", PLAYS))


# What a file says


def test_a_model_is_named_like_its_file_and_grouped_like_its_folder(plays: Model) -> None:
    assert (plays.name, plays.group) == ("plays", "star")


def test_the_first_comment_is_the_description(plays: Model) -> None:
    assert plays.description == "One row per play.\nA second line."


def test_columns_keep_order_type_comment_and_constraints(plays: Model) -> None:
    assert plays.columns == (
        Column("play_id", "BIGINT", False, "Key; without meaning", True),
        Column("title", "VARCHAR(8)", False, "Title -- as written", False),
        Column("seconds", "DOUBLE PRECISION", True, "Seconds, null if unknown", False),
        Column("listener", "INTEGER", True, "Listener", False),
        Column("log_date", "DATE", False, "Day", False),
    )


def test_only_text_has_a_byte_limit(plays: Model) -> None:
    assert [column.byte_limit for column in plays.columns] == [None, 8, None, None, None]


def test_keys_are_read_as_declared(plays: Model) -> None:
    assert plays.primary_key == ("play_id",)
    assert plays.unique == (("title", "listener"),)
    assert plays.foreign_keys == (ForeignKey("listener", "people", "person_id"),)


def test_distribution_and_sort_order_are_read_as_declared(plays: Model) -> None:
    assert plays.properties == ("DISTKEY(listener)", "SORTKEY(log_date, title)")


def test_a_semicolon_in_a_comment_or_a_text_ends_no_statement(plays: Model) -> None:
    assert [statement.splitlines()[-1] for statement in plays.load] == [
        "drop table if exists heard",
        "select people.person_id from people inner join staged on people.person_id = staged.person_id",
        "select 'a;b', person_id from heard where log_date between :first_day and :last_day",
    ]


def test_statements_under_prune_are_no_load(plays: Model) -> None:
    assert plays.prune == ("-- prune\ndelete from plays where listener is null",)


def test_upstream_are_the_tables_which_the_load_names_but_temporary_ones(plays: Model) -> None:
    assert plays.upstream == {"people", "staged"}


def test_a_load_which_names_days_makes_a_daily_table(write: Callable[[str, str], Path], plays: Model) -> None:
    assert plays.is_daily
    assert not read_model(write("plays.sql", PLAYS.replace(":first_day", "'2018-11-01'"))).is_daily


def test_the_days_of_a_table_with_a_log_date_need_not_be_said(plays: Model) -> None:
    assert plays.days == "log_date between :first_day and :last_day"


def test_the_days_of_another_table_are_said_in_its_comment(write: Callable[[str, str], Path]) -> None:
    text = PLAYS.replace("-- A second line.", "-- days: start >= :first_day")
    model = read_model(write("plays.sql", text))
    assert (model.days, model.description) == ("start >= :first_day", "One row per play.")


def test_a_table_without_days_has_none(write: Callable[[str, str], Path]) -> None:
    assert read_model(write("plays.sql", PLAYS.replace("log_date date", "day date"))).days is None


# Files which are refused: the message has the path and the cure


@pytest.mark.parametrize(
    ("before", "after", "cure"),
    [
        ("exists plays", "exists songplays", "the first statement must create the table 'plays', like the file's name"),
        (PLAYS, "-- Grain.\nselect 1;", "the first statement must create the table 'plays'"),
        (" -- Seconds, null if unknown", "", "add a comment to the line of column seconds"),
        ("-- One row per play.\n-- A second line.\n", "", "begin with a comment which states the grain"),
        ("-- One row per play.\n-- A second line.\n", "-- days: x\n", "begin with a comment which states the grain"),
        (PLAYS, "-- One row per play.\n", "mend the SQL"),
        (PLAYS, "", "mend the SQL"),
        ("not null, -- Title", "not null -- Title", "mend the SQL"),
        ("'a;b'", "'a;b", "mend the SQL"),
    ],
)
def test_a_file_which_is_no_model_is_refused_with_path_and_cure(
    write: Callable[[str, str], Path], before: str, after: str, cure: str
) -> None:
    assert before in PLAYS
    path = write("plays.sql", PLAYS.replace(before, after))
    with pytest.raises(ModelError, match=re.escape(str(path))) as refused:
        read_model(path)
    assert cure in str(refused.value)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for group in ("star", "cubes"):
        (tmp_path / group).mkdir()
        (tmp_path / group / "plays.sql").write_text(PLAYS)
    with pytest.raises(ModelError, match=r"cubes/plays\.sql and .*star/plays\.sql .*rename one"):
        read_models(tmp_path)


def test_foreign_keys_in_a_circle_are_refused(write: Callable[[str, str], Path]) -> None:
    table = "-- Grain.\ncreate table if not exists {0} (\n id int, -- Key\n foreign key (id) references {1} (id));"
    circle = [read_model(write(f"{a}.sql", table.format(a, b))) for a, b in (("hen", "egg"), ("egg", "hen"))]
    with pytest.raises(ModelError, match="foreign keys of egg, hen form a circle"):
        dependency_order(circle)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("-- A rule.\nselect 1;", "add a comment line 'severity: error' or 'severity: warn'"),
        ("-- A rule.\n-- severity: fatal\nselect 1;", "add a comment line 'severity: error' or 'severity: warn'"),
        (
            "-- severity: warn\nselect 1;\nselect 2;",
            "after the query there may be one more, under the comment 'numbers'",
        ),
        ("-- severity: warn\nselect 1;\n-- numbers\nselect 2;\n-- numbers\nselect 3;", "there may be one more"),
        ("", "add a comment line 'severity: error'"),
    ],
)
def test_a_file_which_is_no_check_is_refused_with_path_and_cure(
    write: Callable[[str, str], Path], text: str, cure: str
) -> None:
    path = write("rule.sql", text)
    with pytest.raises(ModelError, match=re.escape(str(path))) as refused:
        read_check(path)
    assert cure in str(refused.value)


# Order


def test_referenced_tables_are_created_first() -> None:
    names = [model.name for model in dependency_order(models().values())]
    for model in models().values():
        for key in model.foreign_keys:
            assert names.index(key.table) < names.index(model.name), f"{model.name} refers to {key.table}"


def test_a_table_may_refer_to_itself(write: Callable[[str, str], Path]) -> None:
    text = "-- Grain.\ncreate table if not exists hen (\n id int, -- Key\n foreign key (id) references hen (id));"
    assert [model.name for model in dependency_order([read_model(write("hen.sql", text))])] == ["hen"]


def test_the_fact_prunes_what_it_refers_to_the_referring_first() -> None:
    pruned = [model.name for model in pruned_with(models()["songplays"], models())]
    assert sorted(pruned) == ["artists", "songs", "time", "users"]
    assert pruned.index("songs") < pruned.index("artists")


@pytest.mark.parametrize("table", ["users", "songs", "artists", "time"])
def test_a_table_to_which_others_refer_prunes_nothing(table: str) -> None:
    assert pruned_with(models()[table], models()) == []


# Every file of the installed sql/


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(sql_folder())))
def test_every_file_parses(path: Path) -> None:
    for statement in statements(path.read_text()):
        assert len(sqlglot.parse(statement, read=DIALECT)) == 1
        assert duckdb_sql(statement)


@pytest.mark.parametrize("name", sorted(models()))
def test_every_table_states_its_grain(name: str) -> None:
    first = models()[name].description.splitlines()[0]
    assert re.search(r"\b(one row per|the manifest|the catalogue as|days which|start times which)\b", first, re.I)


@pytest.mark.parametrize("name", sorted(models()))
def test_every_key_names_columns_which_are_there(name: str) -> None:
    model = models()[name]
    for key in model.foreign_keys:
        assert key.column in model.column_names
        assert (key.reference,) == models()[key.table].primary_key
    assert {column for columns in (model.primary_key, *model.unique) for column in columns} <= set(model.column_names)


def test_the_star_has_the_columns_which_are_documented() -> None:
    documented = {
        "songplays": "songplay_id start_time user_id level song_id artist_id session_id location user_agent",
        "users": "user_id first_name last_name gender level",
        "songs": "song_id title artist_id year duration",
        "artists": "artist_id name location latitude longitude",
        "time": "start_time hour day week month year weekday",
    }
    for table, names in documented.items():
        expected = tuple(names.split())
        assert models()[table].column_names[: len(expected)] == expected


# What DuckDB is given in place of an identity column

EDGES = (-(2**31), -1, 0, 1, 2**31 - 1)
VISITS = """
create table visits (
    visit_id bigint identity(0, 1) not null,
    session integer,
    place integer,
    page varchar(8),
    primary key (visit_id),
    unique (session, {second})
)
"""


def test_an_identity_is_unique_over_the_whole_range_of_the_key_it_is_computed_from() -> None:
    with duckdb.connect() as connection:
        connection.execute(duckdb_sql(VISITS.format(second="place")))
        connection.executemany("insert into visits (session, place) values (?, ?)", list(product(EDGES, EDGES)))
        found = connection.execute("select count(distinct visit_id) from visits").fetchone()
    assert found == (len(EDGES) ** 2,)


def test_an_identity_without_two_unique_integers_is_told_with_the_cure() -> None:
    with pytest.raises(ModelError, match=r"visits\.visit_id is an identity .* state unique \(a, b\) for two integer"):
        duckdb_sql(VISITS.format(second="page"))


# Snapshots: SNAPSHOT_UPDATE=1 rewrites them


def texts() -> Iterator[tuple[str, str]]:
    for model in models().values():
        yield f"{model.group}/{model.name}", text([model.create, *model.load, *model.prune])
        if rules := list(key_rules(model)):
            yield f"keys/{model.name}", text([rule.query for rule in rules])
    for check in CHECKS:
        yield f"checks/{check.table}/{check.name}", text([check.query, *([check.numbers] if check.numbers else [])])


def text(parts: list[str]) -> str:
    return "\n\n".join(f"{duckdb_sql(part)};" for part in parts) + "\n"


TEXTS = dict(texts())


def compare(path: Path, found: str) -> None:
    if os.environ.get("SNAPSHOT_UPDATE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.exists(), f"{path} is new: SNAPSHOT_UPDATE=1 writes it."
    assert found == path.read_text(encoding="utf-8"), "If the change is meant, SNAPSHOT_UPDATE=1 takes it over."


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_texts_which_duckdb_runs_are_those_of_the_snapshot(name: str) -> None:
    compare(SNAPSHOTS / "duckdb" / f"{name}.sql", TEXTS[name])


def test_every_snapshot_belongs_to_a_text() -> None:
    root = SNAPSHOTS / "duckdb"
    left = [path for path in root.rglob("*.sql") if str(path.relative_to(root).with_suffix("")) not in TEXTS]
    if os.environ.get("SNAPSHOT_UPDATE"):
        for path in left:
            path.unlink()
        left = []
    assert left == []


def test_the_asset_graph_is_that_of_the_snapshot() -> None:
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    found = json.dumps(graph(build_definitions(Settings.model_construct(**defaults))), indent=1)
    compare(SNAPSHOTS / "asset_graph.json", f"{found}\n")


def partitions(of: dg.PartitionsDefinition[str] | None) -> list[str] | None:
    return [(keys := of.get_partition_keys())[0], keys[-1]] if of else None


def graph(definitions: dg.Definitions) -> dict[str, Any]:
    assets = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    return {
        "assets": {
            node.key.to_user_string(): {
                "group": node.group_name,
                "deps": sorted(key.to_user_string() for key in node.parent_keys),
                "days": partitions(node.partitions_def),
                "one_run": bool(node.backfill_policy and node.backfill_policy.max_partitions_per_run is None),
                "kinds": sorted(node.kinds),
                "description": node.description,
                "checks": {
                    key.name: "blocking" if assets.get(key).blocking else "tells" for key in sorted(node.check_keys)
                },
            }
            for node in sorted(assets.asset_nodes, key=lambda node: node.key)
        },
        "jobs": sorted(name for name in repository.job_names if not name.startswith("__")),
        "schedules": {
            schedule.name: {"job": schedule.job_name, "cron": schedule.cron_schedule}
            for schedule in repository.schedule_defs
        },
    }
