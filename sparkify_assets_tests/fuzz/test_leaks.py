"""No secret is in anything which a run writes or prints, and nothing in the data is obeyed where it is shown."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from sparkify_assets.lake.sources import EVENTS, LOADED_COLUMNS, SONGS
from sparkify_assets.models.ddl import Column
from sparkify_assets_tests.cli import invoke, set_up
from sparkify_assets_tests.fuzz.values import CONTROLS
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.workbench import FIRST, SmallLake

pytestmark = pytest.mark.long

SECRETS = {
    "SPARKIFY_REDSHIFT_PASSWORD": "planted-password-7f3a",
    "SPARKIFY_NOTIFY_WEBHOOK": "http://127.0.0.1:9/planted-webhook-51cd",
    "AWS_SECRET_ACCESS_KEY": "planted-key-9e02",
    "AWS_SESSION_TOKEN": "planted-token-c4b8",
}
MARKUP = ["<img src=x onerror=1>", "[/bold]", "${alert(1)}", "{{7*7}}", "![x](javascript:1)"]
COMMANDS = {
    "run": ["run"],
    "checks": ["checks"],
    "report": ["report"],
    "doctor": ["doctor"],
    "query": ["query", "select * from staging_events"],
    "rejects": ["query", "select * from load_rejects"],
}
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder after a run over such a lake, and what each command printed."""
    folder = tmp_path_factory.mktemp("leaks")
    hostile_lake(folder, Random(1))
    with pytest.MonkeyPatch.context() as patch:
        set_up(folder, patch)
        patch.setenv("SPARKIFY_MAX_REJECT_SHARE", "1")
        for name, secret in SECRETS.items():
            patch.setenv(name, secret)
        yield folder, {name: invoke(*arguments).output for name, arguments in COMMANDS.items()}


def hostile_lake(folder: Path, random: Random) -> None:
    """Each text of each record, each broken record and some names hold what a terminal or a page would obey."""
    lake = SmallLake(folder / "lake")
    events = texts(EVENTS.model.columns)
    records = [event(itemInSession=n) | {name: text(random, column) for name, column in events} for n in range(40)]
    for record in records:
        record["page"] = random.choice(["NextSong", "NextSong", record["page"]])
    rejected = [event(itemInSession=n, status=text(random, None)) for n in range(50, 60)]
    broken = [f'{{"song": "{text(random, None)}'.encode() for _ in range(9)]
    lake.log(FIRST, *records, *rejected, *broken)
    lake.write("log_data/\x1b[2Jpart\x07\u202e.json", b"{}\n")
    for number, record in enumerate(records[:20]):
        given = {name: text(random, column) for name, column in texts(SONGS.model.columns)}
        same = {"song_id": f"SO{number}", "title": record["song"], "artist_name": record["artist"]}
        lake.song(f"TR\x1b]0;{number}\x07.json", song(**(given | same)))
    lake.song("TR\x9b.json", song(title=None, artist_name=text(random, None)))


def texts(columns: tuple[Column, ...]) -> list[tuple[str, Column]]:
    return [(column.name, column) for column in columns if column.byte_limit and column.name not in LOADED_COLUMNS]


def text(random: Random, column: Column | None) -> str:
    """Control characters and markup, as long as the column holds."""
    limit = column.byte_limit or 0 if column else 200
    found = "".join(random.sample([*CONTROLS, *MARKUP, "a", "é"], k=4))
    return found.encode()[:limit].decode(errors="ignore") or "\x07"


def test_no_secret_is_printed_or_written(built: tuple[Path, dict[str, str]]) -> None:
    folder, printed = built
    assert [(name, at) for name, secret in SECRETS.items() for at, output in printed.items() if secret in output] == []
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in written} >= {".html", ".duckdb", ".db"}
    contents = {path: path.read_bytes() for path in written}
    assert [
        (n, path) for n, secret in SECRETS.items() for path, held in contents.items() if secret.encode() in held
    ] == []


def test_no_page_holds_what_a_browser_or_a_terminal_obeys(built: tuple[Path, dict[str, str]]) -> None:
    folder, _ = built
    pages = {path: path.read_bytes().decode() for path in folder.rglob("*.html")}
    assert len(pages) >= 2
    assert {path.name: OBEYED.findall(page) for path, page in pages.items() if OBEYED.search(page)} == {}
    assert [path.name for path, page in pages.items() if "<img src=x" in page] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_prints_what_a_terminal_obeys(built: tuple[Path, dict[str, str]], command: str) -> None:
    _, printed = built
    assert OBEYED.findall(printed[command]) == []
    assert printed[command]
