"""The checks of values and of text which was encoded twice find the same rows on each engine."""

from typing import Any

import pytest

from sparkify_assets.models.reading import models
from sparkify_assets.models.sql_checks import sql_checks
from sparkify_assets.warehouse.base import WHOLE_RANGE
from sparkify_assets_tests.contract.engines import Engine
from sparkify_assets_tests.lakes import event, song

pytestmark = pytest.mark.slow

SOUND = [
    "Björk", "Sigur Rós", "Beyoncé\u2019s “Halo”", "olé…", "CAFÉ»", "Spaß®", "SÃO PAULO", "MANHÃ", "Ñandú", "Âme",
    "Ørsted", "Ça plane pour moi", "Édith Piaf", "naïve", "ê", "Ã", "Mø", "Žižek", "Дельфин", "米津玄師", "AC/DC",
    "방탄소년단", "", "ð", "🎵", "ÆØÅ", "Tiësto \u2013 Adagio", "Où es-tu ?",
]  # fmt: skip


def twice(text: str, read_as: str) -> str:
    return text.encode().decode(read_as)


GARBLED = [
    *(twice(text, "latin-1") for text in SOUND if not text.isascii()),
    *(twice(text, "cp1252") for text in ("Björk", "Beyoncé\u2019s", "Žižek", "Tiësto \u2013 Ødipus", "Zoë", "€uro")),
    twice(twice("Björk", "latin-1"), "latin-1"),
]


def found(engine: Engine, table: str, check: str) -> list[dict[str, Any]]:
    (query,) = (found.query for found in sql_checks(models()[table]) if found.name == check)
    first_day, last_day = WHOLE_RANGE
    return engine.warehouse.fetch(query, first_day=first_day, last_day=last_day).dicts()


def test_text_which_was_encoded_twice_is_found_and_no_other(tables: Engine) -> None:
    for number, text in enumerate([*SOUND, *GARBLED]):
        tables.folder.song(f"{number}.json", song(song_id=f"S{number}", title=text, artist_location=None))
    tables.stage_songs()
    assert {row["found"] for row in found(tables, "staging_songs", "garbled")} == set(GARBLED)


def test_it_is_counted_in_each_text_of_a_line(tables: Engine) -> None:
    lines = [event(song="Army of Me", artist="BjÃ¶rk"), event(song="BjÃ¶rk", lastName="NuÃ±ez")]
    tables.folder.log("2018-11-01", *lines, event(location=None, artist=None, song="Björk"))
    tables.stage_days()
    assert found(tables, "staging_events", "garbled") == [
        {"found": "BjÃ¶rk", "times": 2, "times_in_all": 3},
        {"found": "NuÃ±ez", "times": 1, "times_in_all": 3},
    ]


def test_values_which_no_simulator_writes_are_found_and_no_others(tables: Engine) -> None:
    known = [
        event(auth="Guest", gender=None, level="paid", page="Register", method="GET"),
        event(auth="Cancelled", page="Cancellation Confirmation"),
        event(page="Thumbs Up"),
        event(auth=None, level=None, method=None),
    ]
    odd = [event(auth="logged in"), event(gender="X", level="gold"), event(page="nextsong", level="gold", method="get")]
    tables.folder.log("2018-11-01", *known, *odd)
    tables.stage_days()
    assert {tuple(row.values()) for row in found(tables, "staging_events", "accepted_values")} == {
        ("auth", "logged in", 1), ("gender", "X", 1), ("level", "gold", 2), ("page", "nextsong", 1),
        ("method", "get", 1),
    }  # fmt: skip
