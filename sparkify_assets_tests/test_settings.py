"""Settings: read from the environment and from .env, wrong ones named, each of them documented."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.settings import PREFIX, Settings, load_settings

ROOT = Path(__file__).parents[1]
NAMES = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .env but the one which a test writes."""
    monkeypatch.chdir(tmp_path)


def test_nothing_has_to_be_set() -> None:
    chosen = load_settings()
    assert (chosen.warehouse, chosen.lake, chosen.duckdb_path) == ("duckdb", "data/lake", "data/sparkify.duckdb")
    assert chosen.days == (date(2018, 11, 1), date(2018, 11, 30))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SPARKIFY_WAREHOUSE", "oracle", "Input should be 'duckdb'"),
        ("SPARKIFY_DUCKDB_WAIT_SECONDS", "soon", "Input should be a valid number"),
        ("SPARKIFY_DUCKDB_WAIT_SECONDS", "-1", "greater than or equal to 0"),
        ("SPARKIFY_FIRST_DAY", "01.11.2018", "Input should be a valid date"),
        ("SPARKIFY_FIRST_DAY", "", "Input should be a valid date"),
        ("SPARKIFY_LAST_DAY", "2018-11-31", "Input should be a valid date"),
        ("SPARKIFY_MAX_REJECT_SHARE", "2", "less than or equal to 1"),
        ("SPARKIFY_MAX_REJECT_SHARE", "1%", "Input should be a valid number"),
        ("SPARKIFY_TIME_ZONE", "Oslo", "not a time zone; take a name such as UTC or America/New_York"),
        ("SPARKIFY_TIME_ZONE", "../UTC", "not a time zone"),
        ("SPARKIFY_TIME_ZONE", "", "not a time zone"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    first, *problems = str(refused.value).splitlines()
    assert first == "These settings are wrong; fix them in the environment or in .env:"
    assert len(problems) == 1
    assert problems[0].startswith(f"  {name} = {value!r}: ")
    assert says in problems[0]


def test_all_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_FIRST_DAY", "x")
    monkeypatch.setenv("SPARKIFY_MAX_REJECT_SHARE", "x")
    with pytest.raises(SettingsError, match=r"SPARKIFY_FIRST_DAY = 'x'.*\n.*SPARKIFY_MAX_REJECT_SHARE = 'x'"):
        load_settings()


def test_days_the_wrong_way_round_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_LAST_DAY", "2018-10-31")
    with pytest.raises(SettingsError, match=r"SPARKIFY_LAST_DAY \(2018-10-31\) is before SPARKIFY_FIRST_DAY"):
        load_settings()


def test_an_empty_last_day_means_yesterday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_LAST_DAY", "")
    before = datetime.now(UTC).date() - timedelta(days=1)
    last = load_settings().days[1]
    assert before <= last <= datetime.now(UTC).date() - timedelta(days=1)


def test_dot_env_is_read() -> None:
    Path(".env").write_text("SPARKIFY_LAKE=elsewhere\nSPARKIFY_LAST_DAY=\nOTHER=1\n")
    assert (load_settings().lake, load_settings().last_day) == ("elsewhere", None)


def test_the_environment_wins_over_dot_env(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("SPARKIFY_LAKE=elsewhere\n")
    monkeypatch.setenv("SPARKIFY_LAKE", "here")
    assert load_settings().lake == "here"


def test_a_setting_may_be_written_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("sparkify_lake", "here")
    assert load_settings().lake == "here"


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_a_meaning(name: str) -> None:
    assert Settings.model_fields[name.removeprefix(PREFIX).lower()].description


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_in_the_example_and_in_the_readme(name: str) -> None:
    assert f"{name}=" in (ROOT / ".env.example").read_text()
    assert f"`{name}`" in (ROOT / "docs" / "settings.md").read_text()


def test_the_example_names_no_setting_which_does_not_exist() -> None:
    lines = (line.lstrip("# ") for line in (ROOT / ".env.example").read_text().splitlines())
    assert {line.split("=")[0] for line in lines if line.startswith(PREFIX) and "=" in line} <= set(NAMES)


# Which lake a setting means


@pytest.mark.parametrize(
    ("place", "bucket", "prefix"),
    [
        ("s3://sparkify", "sparkify", ""),
        ("s3://sparkify/", "sparkify", ""),
        ("s3://sparkify/raw/2018/", "sparkify", "raw/2018"),
    ],
)
def test_a_lake_in_s3_has_a_bucket_and_perhaps_a_prefix(place: str, bucket: str, prefix: str) -> None:
    lake = open_lake(place)
    assert isinstance(lake, S3Lake)
    assert (lake.bucket, lake.prefix, lake.location) == (bucket, prefix, place.rstrip("/"))


def test_any_other_lake_is_a_folder() -> None:
    lake = open_lake("data/lake")
    assert isinstance(lake, LocalLake)
    assert lake.location == "data/lake"


@pytest.mark.parametrize("place", ["s3://", "s3:///raw", "gs://sparkify", "https://sparkify/lake"])
def test_a_place_which_is_no_lake_is_refused_by_name(place: str) -> None:
    with pytest.raises(SettingsError, match=f"SPARKIFY_LAKE = '{place}'"):
        open_lake(place)
