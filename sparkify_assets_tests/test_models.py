"""`sql/` is the model: what is read from a file, which files are refused, and which texts the engine gets."""

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import duckdb
import pytest
import sqlglot

from sparkify_assets.models.ddl import Column, ForeignKey
from sparkify_assets.models.model import Model, dependency_order
from sparkify_assets.models.reading import Sql, models, read_sql, read_table, sql_folder
from sparkify_assets.models.sql_checks import read_check
from sparkify_assets.models.sql_text import DIALECT, ModelError, statements
from sparkify_assets.warehouse.duckdb.sql import duckdb_sql

FILES = sorted(sql_folder().rglob("*.sql"))

PLAYS = """
-- One row per play.
-- A second line.
-- load: days
-- check: adds_up_to_songplays part=title
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
create temp table heard as
select lines.log_date, people.person_id from people inner join lines on people.person_id = lines.user_id;

select 'a;b' as title, null as seconds, person_id as listener, log_date
from heard where log_date between :first_day and :last_day;
"""
PEOPLE = """
-- One row per person.
-- load: upsert
create table if not exists people (
    person_id integer not null, -- Person
    primary key (person_id)
);

select distinct user_id as person_id from lines;
"""
LINES = "-- One row per line.\ncreate or replace view lines as\nselect user_id, log_date from staged;\n"
STAGED = "-- One row per line.\ncreate table staged (\n    user_id integer, -- User\n    log_date date -- Day\n);\n"


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
    return read_table(write("plays.sql", PLAYS))


@pytest.fixture
def sql(write: Callable[[str, str], Path]) -> Sql:
    """A folder with a fact, a dimension, a view and the table which it reads."""
    files = {"plays.sql": PLAYS, "people.sql": PEOPLE, "lines.sql": LINES, "staged.sql": STAGED}
    paths = [write(name, text) for name, text in files.items()]
    return read_sql(paths[0].parents[1])


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
    assert [text.splitlines()[-1] for text in plays.helpers] == [
        "select lines.log_date, people.person_id from people inner join lines on people.person_id = lines.user_id"
    ]
    assert "'a;b' as title" in plays.queries[0]


def test_options_of_the_comment_are_no_description(plays: Model) -> None:
    assert (plays.load, plays.checks) == ("days", ("adds_up_to_songplays part=title",))


def test_a_table_without_a_load_line_is_replaced(write: Callable[[str, str], Path]) -> None:
    assert read_table(write("plays.sql", PLAYS.replace("-- load: days\n", ""))).load == "replace"


def test_a_table_is_made_of_what_its_query_helpers_and_views_read(sql: Sql) -> None:
    assert sql.tables["plays"].reads == {"people", "staged"}
    assert sql.tables["people"].reads == {"staged"}
    assert sql.views["lines"].reads == {"staged"}


def test_a_query_which_names_days_makes_a_daily_table(sql: Sql) -> None:
    assert [name for name, table in sql.tables.items() if table.is_daily] == ["plays"]


def test_a_named_query_is_put_in_front_of_the_queries_which_read_it(write: Callable[[str, str], Path]) -> None:
    write("staged.sql", STAGED)
    write("known.sql", "-- Lines of known users.\nselect user_id from staged where user_id is not null;")
    path = write("people.sql", PEOPLE.replace("from lines", "from known"))
    people = read_sql(path.parents[1]).tables["people"]
    assert people.queries[0].startswith("with known as (\n-- Lines of known users.\nselect user_id from staged")
    assert people.reads == {"staged"}


def test_what_a_days_load_wrote_can_be_read_by_name(write: Callable[[str, str], Path]) -> None:
    write("staged.sql", STAGED)
    write("lines.sql", LINES)
    write("people.sql", PEOPLE)
    write("plays.sql", PLAYS)
    people = PEOPLE.replace("people", "listeners").replace("user_id as", "listener as")
    path = write("listeners.sql", people.replace("from lines", "from new_plays"))
    found = read_sql(path.parents[1]).tables["listeners"]
    assert "from plays\nwhere plays.log_date between :first_day and :last_day" in found.queries[0]
    assert found.reads == {"plays"}
    assert found.is_daily


# Files which are refused: the message has the path and the hint


@pytest.mark.parametrize(
    ("before", "after", "hint"),
    [
        ("exists plays", "exists songplays", "the first statement must create the table 'plays', like the file's name"),
        (PLAYS, "-- Grain.\nselect 1;", "the first statement must create the table 'plays'"),
        ("load: days", "load: day", "'load: day' is none of replace, upsert, days, weeks, months, script"),
        ("load: days", "load: months", "'load: months' needs a column play_month or play_date"),
        ("log_date date", "day date", "'load: days' needs a column log_date"),
        (
            "person_id as listener",
            "person_id as person",
            "the query gives the columns title, seconds, person, log_date",
        ),
        (":last_day;\n", ":last_day;\nselect 1 as one;\n", "the query gives the columns one, but the table has title"),
        (":last_day;\n", ":last_day;\ndelete from heard;\n", "the last statement must be the query"),
        ("create temp table heard", "create table heard", "there may only be 'create temp table ... as'"),
        ("select 'a;b'", "delete from plays where 'a;b'", "fix the SQL"),
        (" -- Seconds, null if unknown", "", "add a comment to the line of column seconds"),
        ("-- One row per play.\n-- A second line.\n", "", "begin with a comment which states the grain"),
        (PLAYS, "-- One row per play.\n", "fix the SQL"),
        (PLAYS, "", "the file is empty"),
        ("not null, -- Title", "not null -- Title", "fix the SQL"),
        ("'a;b'", "'a;b", "fix the SQL"),
    ],
)
def test_a_file_which_is_no_model_is_refused_with_path_and_cure(
    write: Callable[[str, str], Path], before: str, after: str, hint: str
) -> None:
    assert before in PLAYS
    path = write("plays.sql", PLAYS.replace(before, after))
    with pytest.raises(ModelError, match=re.escape(str(path))) as refused:
        read_table(path)
    assert hint in str(refused.value)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for group in ("star", "cubes"):
        (tmp_path / group).mkdir()
        (tmp_path / group / "plays.sql").write_text(PLAYS)
    with pytest.raises(ModelError, match=r"cubes/plays\.sql and .*star/plays\.sql have one name; rename one"):
        read_sql(tmp_path)


def test_foreign_keys_in_a_circle_are_refused(write: Callable[[str, str], Path]) -> None:
    table = "-- Grain.\ncreate table if not exists {0} (\n id int, -- Key\n foreign key (id) references {1} (id));"
    circle = [read_table(write(f"{a}.sql", table.format(a, b))) for a, b in (("hen", "egg"), ("egg", "hen"))]
    with pytest.raises(ModelError, match=r"tables .* need each other in a circle"):
        dependency_order(circle)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("-- A rule.\nselect 1;", "add a comment line 'severity: error' or 'severity: warn'"),
        ("-- A rule.\n-- severity: fatal\nselect 1;", "add a comment line 'severity: error' or 'severity: warn'"),
        (
            "-- severity: warn\nselect 1;\nselect 2;",
            "after the query there may be one more, under the comment 'metrics'",
        ),
        ("-- severity: warn\nselect 1;\n-- metrics\nselect 2;\n-- metrics\nselect 3;", "there may be one more"),
        ("", "add a comment line 'severity: error'"),
    ],
)
def test_a_file_which_is_no_check_is_refused_with_path_and_cure(
    write: Callable[[str, str], Path], text: str, hint: str
) -> None:
    path = write("rule.sql", text)
    with pytest.raises(ModelError, match=re.escape(str(path))) as refused:
        read_check(path)
    assert hint in str(refused.value)


# Order


def test_referenced_tables_are_created_first() -> None:
    names = [model.name for model in dependency_order(models().values())]
    for model in models().values():
        for key in model.foreign_keys:
            assert names.index(key.table) < names.index(model.name), f"{model.name} refers to {key.table}"


def test_a_table_may_refer_to_itself(write: Callable[[str, str], Path]) -> None:
    text = "-- Grain.\ncreate table if not exists hen (\n id int, -- Key\n foreign key (id) references hen (id));"
    assert [model.name for model in dependency_order([read_table(write("hen.sql", text))])] == ["hen"]


# Every file of the installed sql/


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(sql_folder())))
def test_every_file_parses(path: Path) -> None:
    for statement in statements(path.read_text()):
        assert len(sqlglot.parse(statement, read=DIALECT)) == 1
        assert duckdb_sql(statement)


@pytest.mark.parametrize("name", sorted(models()))
def test_every_table_states_its_grain(name: str) -> None:
    first = models()[name].description.splitlines()[0]
    assert re.search(r"\b(one row per|the manifest|days which)\b", first, re.I)


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


def test_an_identity_is_unique_over_the_whole_range_of_its_key() -> None:
    with duckdb.connect() as connection:
        connection.execute(duckdb_sql(VISITS.format(second="place")))
        connection.executemany("insert into visits (session, place) values (?, ?)", list(product(EDGES, EDGES)))
        found = connection.execute("select count(distinct visit_id) from visits").fetchone()
    assert found == (len(EDGES) ** 2,)


def test_an_identity_without_two_unique_integers_is_told_with_the_cure() -> None:
    with pytest.raises(ModelError, match=r"visits\.visit_id is an identity .* state unique \(a, b\) for two integer"):
        duckdb_sql(VISITS.format(second="page"))
