"""What the pages say holds: links, files, settings, commands and queries; and the UI shows what a newcomer built."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from sparkify_assets.cli.main import main
from sparkify_assets.settings import PREFIX, Settings
from sparkify_assets_tests.dagster_ui import asked, dagster_ui, newcomer

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
}
EVERYTHING = "\n".join(PAGES.values())
SETTINGS = {f"{PREFIX}{name.upper()}": field for name, field in Settings.model_fields.items()}

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"\.?[\w.-]+(/[\w.-]+)+/?|[\w-]+\.(py|sql|md|yaml|yml|toml|ipynb)|\.env\.example")
_NOT_IN_THE_REPOSITORY = ("data/", ".venv/", "log_data/", "song_data/")


def prose(page: str) -> str:
    return _FENCE.sub("", PAGES[page])


def blocks(page: str, language: str) -> list[str]:
    return [text for found, text in _FENCE.findall(PAGES[page]) if found == language]


def spans(page: str) -> list[str]:
    """What is set as code within sentences and tables."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def console(page: str) -> list[list[str]]:
    """The words of each command of the console blocks, without settings before it and redirection after it."""
    lines = [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ ")]
    commands = [shlex.split(line, comments=True) for line in lines]
    words = [[word for n, word in enumerate(c) if n or "=" not in word] for c in commands]
    return [c[: c.index(">")] if ">" in c else c for c in words]


def leaves(command: click.Command, name: str, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    for child in command.list_commands(context):
        found = command.get_command(context, child)
        assert found
        yield from leaves(found, f"{name} {child}", context)


COMMANDS = dict(leaves(main, "sparkify", click.Context(main)))


def leaf(words: list[str]) -> tuple[click.Command, list[str]] | None:
    """The command which these words name, and the words after its name; None if they name a group or nothing."""
    for count in (2, 3):
        if found := COMMANDS.get(" ".join(words[:count])):
            return found, words[count:]
    return None


# Links and files


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(page: str) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        name = target.relative_to(ROOT).as_posix()
        if not target.exists() or (anchor and anchor not in anchors(name)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_which_a_page_names_exists(page: str) -> None:
    named = {span.split("<")[0].rstrip("/") for span in spans(page) if _FILE.fullmatch(re.sub(r"<\w+>", "x", span))}
    roots = (ROOT, ROOT / "sparkify_assets", ROOT / "sparkify_assets_tests")
    missing = [
        name
        for name in named
        if not name.startswith(_NOT_IN_THE_REPOSITORY) and not any((root / name).exists() for root in roots)
    ]
    assert missing == []


def test_every_page_and_picture_is_linked() -> None:
    linked = {
        ((ROOT / page).parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in re.findall(r"\]\(([^)\s]+)\)", prose(page))
    }
    assert {path for path in DOCS.rglob("*.*") if path.is_file()} <= linked


@pytest.mark.parametrize("page", PAGES)
def test_every_python_block_can_be_parsed(page: str) -> None:
    for block in blocks(page, "python"):
        compile(block, page, "exec")


# Settings


def test_every_setting_is_on_its_page_with_its_default() -> None:
    rows = re.findall(rf"^\| (`{PREFIX}.*?) \|(.*?)\|", PAGES["docs/settings.md"], re.MULTILINE)
    shown = {
        name: default.strip(" `")
        for names, defaults in rows
        for name, default in zip(re.findall(r"`(\w+)`", names), _as_many(defaults, names), strict=True)
    }
    assert shown == {name: _written(field.default) for name, field in SETTINGS.items()}


def _as_many(defaults: str, names: str) -> list[str]:
    """A cell of defaults for some names; an empty cell stands for none of them."""
    return defaults.split(",") if defaults.strip() else [""] * len(names.split(","))


def _written(default: object) -> str:
    """A default as one writes it in .env."""
    if default is None or "Secret" in type(default).__name__:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_no_setting_which_does_not_exist(page: str) -> None:
    assert set(re.findall(rf"{PREFIX}\w+", PAGES[page])) <= SETTINGS.keys()


# Commands


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_on_a_page(command: str) -> None:
    assert re.search(rf"[`$] ?{command}\b", EVERYTHING)
    options = [param for param in COMMANDS[command].params if isinstance(param, click.Option)]
    for option in options:
        assert any(name in EVERYTHING for name in (*option.opts, *option.secondary_opts)), option.name


@pytest.mark.parametrize("page", PAGES)
def test_every_console_command_of_a_page_is_understood(page: str) -> None:
    for words in console(page):
        if words[:1] == ["sparkify"]:
            found = leaf(words)
            assert found, words
            found[0].make_context(words[1], list(found[1]))


@pytest.mark.parametrize("page", PAGES)
def test_every_command_within_a_sentence_exists(page: str) -> None:
    groups = {name.rsplit(" ", 1)[0] for name in COMMANDS} - {"sparkify"}
    for words in (span.split() for span in spans(page) if span.startswith("sparkify ")):
        found = leaf(words)
        assert found or " ".join(words) in groups, words
        if found:
            known = {name for param in found[0].params for name in (*param.opts, *param.secondary_opts)}
            assert {word for word in words if word.startswith("--")} <= known, words


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_of_a_page_exists(page: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {words[1] for words in console(page) if words[:1] == ["make"]}
    named |= {found[1] for span in spans(page) if (found := re.search(r"(?:^|=1 )make ([\w-]+)", span))}
    assert named <= targets


# What a newcomer gets


@pytest.fixture(scope="module")
def home(first_run: tuple[Path, str]) -> Path:
    """A folder in which a newcomer has run `sparkify run`."""
    return first_run[0]


def answer(home: Path, *command: str | Path) -> str:
    return subprocess.run(command, cwd=home, env=newcomer(), check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.mark.long
def test_the_first_run_makes_its_own_lake_in_an_empty_folder(first_run: tuple[Path, str]) -> None:
    folder, printed = first_run
    assert "There is no lake at data/lake yet: generating a sample." in printed
    assert sorted(path.name for path in folder.iterdir()) == ["data"]
    assert {"lake", "sparkify.duckdb"} <= {path.name for path in (folder / "data").iterdir()}


@pytest.mark.long
def test_the_query_of_the_readme_answers_as_shown(home: Path) -> None:
    query, shown = blocks("README.md", "console")[0].split("\n", 1)
    rows = answer(home, BIN / "sparkify", *shlex.split(query)[2:])
    assert [line.split() for line in rows.splitlines()] == [line.split() for line in shown.splitlines()]


@pytest.mark.long
def test_every_query_and_python_block_of_the_pages_runs(home: Path) -> None:
    for query in (words for page in PAGES for words in console(page) if words[:2] == ["sparkify", "query"]):
        assert len(answer(home, BIN / "sparkify", *query[1:]).splitlines()) > 1, query
    for block in blocks("docs/analysts.md", "python"):
        answer(home, sys.executable, "-c", block)


@pytest.fixture
def ui(home: Path, tmp_path: Path) -> Iterator[str]:
    """`dagster dev` as `make dev` starts it, with the instance of the run above."""
    with dagster_ui(Path(shutil.copytree(home, tmp_path / "copy"))) as address:
        yield address


@pytest.mark.long
def test_the_ui_shows_the_run_of_the_console_and_its_checks(ui: str) -> None:
    query = """{
        runsOrError { ... on Runs { results { jobName status } } }
        assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks {
            checks { name executionForLatestMaterialization { status } } } } }
    }"""
    answer = asked(ui, query)
    assert answer["runsOrError"] == {"results": [{"jobName": "sparkify_etl", "status": "SUCCESS"}]}
    statuses = {
        check["executionForLatestMaterialization"]["status"]
        for node in answer["assetNodes"]
        for check in node["assetChecksOrError"].get("checks", [])
    }
    assert statuses == {"SUCCEEDED"}
    assert {"songplays", "event_logs", "cluster"} <= {node["assetKey"]["path"][0] for node in answer["assetNodes"]}
