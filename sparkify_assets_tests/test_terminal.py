"""What data, settings and files say is shown as it is: no terminal, no markup and no parser obeys it."""

import csv
import io
import json
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import duckdb
import pytest

from sparkify_assets.cli import dev
from sparkify_assets.cli.listening import is_taken
from sparkify_assets.cli.main import main
from sparkify_assets.cli.output import one_line, printable
from sparkify_assets.cli.report_server import start_report_server
from sparkify_assets.settings import Settings
from sparkify_assets_tests.cli import invoke, on_a_terminal
from sparkify_assets_tests.processes import until

CLEAR, TITLE, EIGHT_BIT, BACKWARDS = "\x1b[2J", "\x1b]0;owned\x07", "\x9b2J", "\u202e"
EVIL = f"a{CLEAR}b{TITLE}c{EIGHT_BIT}d{BACKWARDS}e\rf\ng"
SHOWN = r"a\x1b[2Jb\x1b]0;owned\x07c\x9b2Jd\u202ee\rf\ng"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a database in which a text is evil."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SPARKIFY_DUCKDB_PATH", "w.duckdb")
    with duckdb.connect("w.duckdb") as connection:
        connection.execute("create table texts (a varchar)")
        connection.execute("insert into texts values (?)", [EVIL])
    return tmp_path / "w.duckdb"


def queried(sql: str, form: str = "table") -> str:
    done = invoke("query", sql, "--format", form)
    assert done.exit_code == 0, done.output
    return done.stdout


# Control sequences


def test_what_a_terminal_obeys_becomes_visible() -> None:
    assert one_line(EVIL) == SHOWN
    assert printable("a\n\tb") == "a\n\tb"
    assert printable("Björk ★") == "Björk ★"
    every = "".join(map(chr, (*range(32), *range(127, 160))))
    assert one_line(every).isascii()
    assert one_line(every).isprintable()


def test_a_table_shows_control_sequences() -> None:
    assert queried("select a, 1 as b from texts").splitlines()[1].split("  ")[0] == SHOWN


def test_piped_csv_is_the_data() -> None:
    printed = invoke("query", "select a, null as b from texts", "--format", "csv").stdout_bytes.decode()
    assert [*csv.reader(io.StringIO(printed, newline=""))] == [["a", "b"], [EVIL, ""]]


def test_json_is_the_data_and_no_terminal_obeys_it() -> None:
    printed = queried("select a from texts", "json")
    assert json.loads(printed) == [{"a": EVIL}]
    assert printable(printed) == printed


@pytest.mark.slow
def test_on_a_terminal_csv_shows_them_too() -> None:
    shown = on_a_terminal("query", "select a from texts", "--format", "csv")
    assert SHOWN in shown
    assert not any(one in shown for one in (CLEAR, TITLE, EIGHT_BIT, BACKWARDS))


def test_an_error_shows_what_the_query_says() -> None:
    refused = invoke("query", f'select "{CLEAR}" from texts')
    assert refused.exit_code == 1
    assert "\x1b" not in refused.stderr
    assert r"\x1b[2J" in refused.stderr


# Markup


@pytest.mark.parametrize("name", ["[/bold]", "[red]x", ":smile:", "[link=https://x]y[/link]"])
def test_markup_in_names_values_and_paths_is_shown(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert queried(f"select '{name}' as \"{name}\"").split() == [name, name]
    monkeypatch.setenv("SPARKIFY_LAKE", str(tmp_path / name))
    told = invoke("doctor").stdout
    assert f"SPARKIFY_LAKE: {tmp_path / name} (given)" in told
    assert f"✗ lake: The lake {tmp_path / name} lacks" in told


# Queries


def test_two_columns_of_one_name_are_both_in_json() -> None:
    assert json.loads(queried("select 1 as a, 2 as a, 3 as a_2, 4 as a", "json")) == [
        {"a": 1, "a_3": 2, "a_2": 3, "a_4": 4}
    ]


def test_a_number_which_json_lacks_is_null() -> None:
    found = queried(
        "select 'nan'::float as a, 'infinity'::float as b, -'infinity'::float as c, 1.5::float as d", "json"
    )
    assert json.loads(found, parse_constant=pytest.fail) == [{"a": None, "b": None, "c": None, "d": 1.5}]


def test_a_piped_table_is_whole() -> None:
    line = queried("select repeat('x', 500) as a, repeat('y', 500) as b").splitlines()[1]
    assert line.split() == ["x" * 500, "y" * 500]


@pytest.mark.parametrize(
    "query", ["select 7 as a; -- last", "-- first\nselect 7 as a", ";select 7 as a /* ; */ ;; -- x", "select 7 as a;\n"]
)
def test_comments_and_semicolons_around_a_query_are_none(query: str) -> None:
    assert queried(query, "csv") == "a\n7\n"


@pytest.mark.parametrize("query", ["select 'a", "select /* 1", 'select "a'])
def test_a_quote_which_does_not_end_is_an_error(query: str) -> None:
    refused = invoke("query", query)
    assert refused.exit_code == 1
    assert "The query cannot be read" in refused.stderr


@pytest.mark.parametrize(("form", "shown"), [("table", "?"), ("csv", "?"), ("json", '"a": "\\u00f6"')])
def test_what_an_encoding_lacks_is_replaced(form: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    ascii_output = io.TextIOWrapper(raw, encoding="ascii")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", ascii_output)
        main(["query", "select 'ö' as a", "--format", form], standalone_mode=False)
    ascii_output.flush()
    assert shown in raw.getvalue().decode()


# The port of `make dev`


def test_a_taken_port_is_named_with_its_holder_and_nothing_is_started(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.execv", pytest.fail)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            dev.main(port)
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert f"Port {port} of 127.0.0.1 is taken by process " in told
    assert "Nothing was started." in told


def test_a_second_one_which_comes_before_the_first_listens_is_stopped_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr("os.execv", lambda program, arguments: started.append(program))
    monkeypatch.setenv("SPARKIFY_REPORT_URL", "https://reports.example.com")
    (tmp_path / "home").mkdir()
    (tmp_path / "home/dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    dev.main(port)
    with pytest.raises(SystemExit):
        dev.main(port)
    assert len(started) == 1
    assert "Another `make dev` runs or starts" in capsys.readouterr().err


# The pages which `make dev` serves


def test_the_pages_of_runs_are_served_to_this_machine_alone_until_the_ui_ends(tmp_path: Path) -> None:
    (tmp_path / "listening_report.html").write_text("What people listen to")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = start_report_server(
        Settings(_env_file=None, report_folder=str(tmp_path), report_url=f"http://127.0.0.1:{port}")
    )
    assert server is not None
    until(lambda: is_taken(port), seconds=60)
    with urllib.request.urlopen(f"http://localhost:{port}/") as page:
        assert page.read() == b"What people listen to"
    elsewhere = urllib.request.Request(
        f"http://127.0.0.1:{port}/listening_report.html", headers={"Host": "evil.example"}
    )
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(elsewhere)
    assert server.stdin is not None
    server.stdin.close()
    assert server.wait(timeout=30) == 0
