"""Each SQL text which the product can send to Redshift keeps clear of what Redshift lacks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from redshift_stand_in.sql.refusals import lint
from sparkify_assets.loading.key_audit import key_rules, rules_of_run
from sparkify_assets.models.reading import models, tables_in, views
from sparkify_assets.models.sql_checks import sql_checks
from sparkify_assets.warehouse.base import Rows
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBSession
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.workbench import Platform, SmallLake, load_texts


def texts() -> Iterator[tuple[str, str]]:
    for view in views().values():
        yield f"{view.name} create", view.create
    for model in models().values():
        yield f"{model.name} create", model.create
        for number, statement in enumerate(load_texts(model), start=1):
            yield f"{model.name} load {number}", statement
        loaded = {other.name: other for other in tables_in(model.group)}
        for number, rule in enumerate(rules_of_run(model, loaded) if model.texts else (), start=1):
            yield f"{model.name} audit {number}", rule.count_query
        for rule in key_rules(model):
            yield f"{model.name} {rule.name}", rule.query
            yield f"{model.name} {rule.name} count", rule.count_query
        for check in sql_checks(model):
            yield f"{model.name} {check.name}", check.query
            if check.metrics:
                yield f"{model.name} {check.name} metrics", check.metrics


TEXTS = dict(texts())


@pytest.mark.parametrize("name", TEXTS)
def test_the_model_and_its_checks_are_written_for_redshift(name: str) -> None:
    assert lint(TEXTS[name]) == []


def test_what_loads_and_checks_send_is_written_for_redshift(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The texts of a whole run, those which Python composes included; an engine gets them in Redshift SQL."""
    sent: set[str] = set()
    execute, fetch = DuckDBSession.execute, DuckDBSession.fetch

    def heard_execute(self: DuckDBSession, statement: str, **parameters: Any) -> None:
        sent.add(statement)
        execute(self, statement, **parameters)

    def heard_fetch(self: DuckDBSession, query: str, **parameters: Any) -> Rows:
        sent.add(query)
        return fetch(self, query, **parameters)

    monkeypatch.setattr(DuckDBSession, "execute", heard_execute)
    monkeypatch.setattr(DuckDBSession, "fetch", heard_fetch)
    lake = SmallLake(tmp_path / "lake")
    lake.song("A.json", song())
    lake.log("2018-11-01", event())
    Platform(lake, tmp_path / "warehouse.duckdb", instance, last_day="2018-11-01").build()
    for_redshift = {text for text in sent if "duckdb_" not in text}
    assert len(for_redshift - set(TEXTS.values())) > 50
    assert {text: findings for text in for_redshift if (findings := lint(text))} == {}
