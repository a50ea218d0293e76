"""No value changes a statement: each comes back as it was given, wherever it enters a text."""

import random
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlglot

from redshift_stand_in import Modes
from sparkify_assets.errors import WarehouseError
from sparkify_assets.models.ddl import storable
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import Session
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets.warehouse.redshift.copy import CopyInto
from sparkify_assets.warehouse.redshift.literals import Literals
from sparkify_assets.warehouse.redshift.session import RedshiftSession
from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse
from sparkify_assets_tests.production import LAKES, ROLE, Production
from sparkify_assets_tests.test_redshift_sql_lint import TEXTS

PIECES = (
    "'", "''", "\\", "\\\\", "\\'", '"', ":v0", ":first_day", "::date", "%", "%s", "$1", "$$", "--", "/*", "*/", ";",
    "\0", "\n", "\t", "\r", "{", "}", "{{", "🎵", "é", "日", "e\u0301", " ", "null", "a", "Z", "0",
)  # fmt: skip
VALUES, AT_ONCE = 5000, 1000
HOSTILE = "x'; drop table users; -- \\' :first_day $1 %s /* \\"


def random_texts(count: int, seed: int = 5) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices(PIECES, k=chance.randint(0, 12))) + f"#{number}" for number in range(count)]


def portions(texts: list[str]) -> Iterator[list[str]]:
    return (texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE))


@pytest.fixture(params=[True, False], ids=["escapes", "standard_conforming_strings"])
def warehouse(request: pytest.FixtureRequest, production: Production) -> RedshiftWarehouse:
    production.stand_in.modes = Modes(backslash_escapes=request.param)
    opened = open_warehouse(production.settings())
    assert isinstance(opened, RedshiftWarehouse)
    opened.run(lambda session: session.execute_idempotent(models()["commits"].create))
    return opened


def test_random_values_come_back_from_every_place(warehouse: RedshiftWarehouse, production: Production) -> None:
    texts = random_texts(VALUES if production.stand_in.modes.backslash_escapes else AT_ONCE)

    def through(session: Session) -> None:
        session.execute("create table bound (n integer, t varchar(512))")
        session.execute("create table written (n integer, t varchar(512))")
        session.insert_rows("bound", [{"n": number, "t": text} for number, text in enumerate(texts)])
        found = 0
        for some in portions(texts):
            values = {f"v{number}": text for number, text in enumerate(some)}
            names = [f":{name}" for name in values]
            found += session.fetch(f"select count(*) as n from bound where t in ({', '.join(names)})", **values).scalar
            columns = (f"select {n} as n, cast({name} as varchar(512)) as t" for n, name in enumerate(names[:100]))
            session.execute(f"insert into written {' union all '.join(columns)}", **values)
        assert found == len(texts)

    warehouse.run(through)
    stored = [storable(text) for text in texts]
    assert [text for _, text in warehouse.fetch("select n, t from bound order by n").rows] == stored
    written = {text for (text,) in warehouse.fetch("select t from written").rows}
    assert written == {text for some in portions(stored) for text in some[:100]}


def test_comments_and_settings_of_the_session_come_back(warehouse: RedshiftWarehouse, production: Production) -> None:
    text = "".join(PIECES)

    def comment(session: Session) -> None:
        session.execute("create table commented (n integer)")
        session.execute(f"comment on table commented is {session.quoted(text)}")

    warehouse.run(comment)
    (found,) = production.stand_in.query_postgres("select obj_description('public.commented'::regclass)")
    assert found == (storable(text),)
    grouped = warehouse.model_copy(update={"query_group": "it's \\ odd"})
    assert grouped.fetch("select current_setting('query_group') as found").scalar == "it's \\ odd"


@pytest.mark.parametrize("name", ["it's", "back\\slash", "\\'", "'\\", "$1 :v0 %s --", "🎵"])
def test_copy_finds_a_file_of_any_name(warehouse: RedshiftWarehouse, production: Production, name: str) -> None:
    production.s3.put_object(Bucket=LAKES, Key=f"{production.name}/{name}.json", Body=b'{"n": 7}')
    into = CopyInto(
        "named", ["n"], f"s3://{LAKES}/{production.name}/{name}", "auto", ROLE, "us-east-1", False, False, max_errors=0
    )

    def load(session: RedshiftSession) -> int:
        session.execute("create table named (n integer)")
        return session.copy(into)

    assert warehouse.run(load) == 1


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if ":" in text and "create" not in name])
def test_a_hostile_value_is_one_word_of_a_statement(name: str) -> None:
    template = TEXTS[name]
    names = ("first_day", "last_day", "time_zone")
    filled = Literals(backslash=r"\\").filled(template, dict.fromkeys(names, HOSTILE))
    marked = Literals(backslash=r"\\").filled(template, dict.fromkeys(names, "MARK"))
    words = [token.text for token in sqlglot.tokenize(filled, read="redshift")]
    assert words == [HOSTILE if t.text == "MARK" else t.text for t in sqlglot.tokenize(marked, read="redshift")]
    assert not any(f":{parameter}" in marked for parameter in names)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (7, "7"),
        (-7, "(-7)"),
        (Decimal("1.50"), "1.50"),
        (1e-7, "cast('1e-07' as double precision)"),
        (date(2018, 11, 1), "date '2018-11-01'"),
        (datetime(2018, 11, 1, 12, 30, 0, 796000), "timestamp '2018-11-01 12:30:00.796000'"),
        ("it's \\ \0", r"'it''s \\ ␀'"),
    ],
)
def test_a_value_is_written_with_its_type(value: Any, text: str) -> None:
    assert Literals(backslash=r"\\").value(value) == text


def test_a_type_which_no_column_has_is_named() -> None:
    with pytest.raises(TypeError, match="bytes b'x' cannot be written"):
        Literals(backslash=r"\\").value(b"x")


def test_negative_numbers_begin_no_comment(warehouse: RedshiftWarehouse) -> None:
    assert warehouse.fetch("select 1 -:n as n", n=-2).scalar == 3


def test_what_is_in_quotes_or_comments_is_no_parameter() -> None:
    text = """select ':n', ":n", n::n -- :n\n, /* :n */ :n, :nn, :m"""
    assert Literals(backslash=r"\\").filled(text, {"n": 7}) == text.replace("*/ :n,", "*/ 7,")


def test_a_parameter_without_a_value_is_an_error_of_the_server(warehouse: RedshiftWarehouse) -> None:
    with pytest.raises(WarehouseError, match="syntax error"):
        warehouse.fetch("select :n as n", other=7)
