"""Settings: read from the environment and from .env, wrong ones named, each of them documented."""

import traceback
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sparkify_assets.components.partitions import daily_partitions
from sparkify_assets.errors import SettingsError, WarehouseError
from sparkify_assets.lake.local import LocalLake
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.s3 import S3Lake
from sparkify_assets.settings import PREFIX, Settings, load_settings, yesterday
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse

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
        ("SPARKIFY_FIRST_DAY", "0001-01-01", "greater than or equal to 1970-01-01"),
        ("SPARKIFY_DUCKDB_MEMORY_LIMIT", "lots", "not an amount of memory; write it like 3GB"),
        ("SPARKIFY_DUCKDB_MEMORY_LIMIT", "3GB'; drop table users; --", "not an amount of memory"),
        ("SPARKIFY_DUCKDB_MEMORY_LIMIT", "-1", "not an amount of memory"),
        ("SPARKIFY_IAM_ROLE", "x' access_key_id 'y", "neither default nor the ARN of a role"),
        ("SPARKIFY_IAM_ROLE", "arn:aws:iam::123456789012:role/a\\", "neither default nor the ARN of a role"),
        ("SPARKIFY_REDSHIFT_HOST", "c.example.com/dev", "not the name of a host"),
        ("SPARKIFY_DUCKDB_PATH", ":memory:", "a database in memory would be lost"),
        ("SPARKIFY_DUCKDB_PATH", "", "empty; leave the setting out"),
        ("SPARKIFY_LAKE", " ", "empty; leave the setting out"),
        ("SPARKIFY_REPORT_FOLDER", "", "empty; leave the setting out"),
        ("SPARKIFY_REPORT_FOLDER", "gs://bucket/pages", "not a path of this machine"),
        ("SPARKIFY_LAKE", "~nobody-of-this-name/lake", "there is no such user"),
        ("SPARKIFY_DAGSTER_URL", "javascript:alert(1)", "should begin with https:// or http://"),
        ("SPARKIFY_DAGSTER_URL", "data:text/html,x", "should begin with https:// or http://"),
        ("SPARKIFY_DAGSTER_URL", "", "should begin with https:// or http://"),
        ("SPARKIFY_TIME_ZONE", "Oslo", "not a time zone; take a name such as UTC or America/New_York"),
        ("SPARKIFY_TIME_ZONE", "../UTC", "not a time zone"),
        ("SPARKIFY_TIME_ZONE", "", "not a time zone"),
        ("SPARKIFY_SCHEMA", "Dev", "not the name of a schema; take lower-case letters"),
        ("SPARKIFY_SCHEMA", 'dev"; drop table users; --', "not the name of a schema"),
        ("SPARKIFY_SCHEMA", "s" * 128, "not the name of a schema"),
        ("SPARKIFY_SCHEMA", "pg_temp", "a schema of the engine itself"),
        ("SPARKIFY_SCHEMA", "information_schema", "a schema of the engine itself"),
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


# Paths, secrets, names


@pytest.mark.parametrize("name", ["lake", "duckdb_path", "report_folder"])
@pytest.mark.parametrize("from_file", [True, False])
def test_a_tilde_is_the_home(name: str, from_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    if from_file:
        Path(".env").write_text(f"{PREFIX}{name.upper()}=~/x")
    else:
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", "~/x")
    assert getattr(load_settings(), name) == str(tmp_path / "x")


SECRET = "hunter2"


@pytest.mark.parametrize("name", ["LAKE", "WORK_URI", "DAGSTER_URL", "REDSHIFT_HOST", "DUCKDB_PATH", "CLUSTER_NAME"])
@pytest.mark.parametrize(
    "value",
    [
        f"s3://KEY:{SECRET}@bucket/lake?token={SECRET}",
        f"s3://bucket/lake?token={SECRET}",
        f"s3://{SECRET}@bucket",
        f"s3://KEY:{SECRET}/x@bucket/lake",
        f"https://user:{SECRET}@host/x",
        f"https://user%3A{SECRET}%40host",
        f"https://host/x#{SECRET}",
        f"postgres://user:{SECRET}@host:5439/dev",
        f"s3:/KEY:{SECRET}@bucket",
    ],
)
def test_an_address_with_a_secret_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}{name}", value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert f"{PREFIX}{name} = (not shown, since it may hold a secret)" in str(refused.value)
    assert SECRET not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "place", ["s3://bucket/year=2018/x:y", "s3://bucket/x@y", "data/a@b", "data/x:y", "a?b", "./~"]
)
def test_a_location_without_a_secret_is_taken(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("SPARKIFY_LAKE", place)
    assert load_settings().lake == place
    open_lake(place)


@pytest.mark.parametrize("value", ["3GB", "1.5 gb", "512MiB", "50%", "100%", ""])
def test_an_amount_of_memory_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:
    monkeypatch.setenv("SPARKIFY_DUCKDB_MEMORY_LIMIT", value)
    limit = load_settings().duckdb_memory_limit
    warehouse = DuckDBWarehouse(path=str(tmp_path / "w.duckdb"), memory_limit=limit)
    assert warehouse.fetch("select 7 / 2, -7 / 2, 7.0 / 2").rows == [(3, -3, 3.5)]
    warehouse.close()


@pytest.mark.parametrize("limit", ["3GB'; drop table users; --", "99999999999999999TB"])
def test_the_engine_is_asked_for_an_amount_and_nothing_else(tmp_path: Path, limit: str) -> None:
    DuckDBWarehouse(path=str(tmp_path / "w.duckdb")).create_tables()
    warehouse = DuckDBWarehouse(path=str(tmp_path / "w.duckdb"), memory_limit=limit)
    for _ in range(2):
        with pytest.raises(WarehouseError, match="DuckDB takes no SPARKIFY_DUCKDB_MEMORY_LIMIT"):
            warehouse.fetch("select 1")
    other = DuckDBWarehouse(path=str(tmp_path / "w.duckdb"))
    assert other.fetch("select count(*) from users").scalar == 0
    other.close()


def test_a_database_file_is_a_file_whatever_its_name_is(tmp_path: Path) -> None:
    warehouse = DuckDBWarehouse(path="md:x.duckdb")
    assert warehouse.fetch("select 1").scalar == 1
    warehouse.close()
    assert (tmp_path / "md:x.duckdb").is_file()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("SPARKIFY_LAKE=ä".encode("utf-16"), "is in UTF-16. Save it in UTF-8."),
        ("SPARKIFY_LAKE=ä".encode("utf-16-be"), "is in UTF-16. Save it in UTF-8."),
        ("# one\nSPARKIFY_LAKE=ä".encode("latin-1"), "is not in UTF-8: look at line 2. Save it in UTF-8."),
    ],
)
def test_an_env_file_of_another_encoding_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    Path(".env").write_bytes(content)
    with pytest.raises(SettingsError, match="The file ") as refused:
        load_settings()
    assert str(refused.value) == f"The file {tmp_path / '.env'} {says}"


def test_an_env_file_with_a_byte_order_mark_is_read() -> None:
    Path(".env").write_bytes("SPARKIFY_LAKE=ä\n".encode("utf-8-sig"))
    assert load_settings().lake == "ä"


def test_an_env_file_which_cannot_be_read_is_named(tmp_path: Path) -> None:
    Path(".env").symlink_to("/proc/self/mem")  # which nobody may read from its beginning
    with pytest.raises(SettingsError, match=r"/mem cannot be read: "):
        load_settings()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("SPARKIFY_FRIST_DAY", "Did you mean SPARKIFY_FIRST_DAY?"),
        ("SPARKIFY_DUCKDB_PAHT", "Did you mean SPARKIFY_DUCKDB_PATH?"),
        ("sparkify_lak", "Did you mean SPARKIFY_LAKE?"),
        ("SPARKFY_LAKE", "Did you mean SPARKIFY_LAKE?"),
        ("SPARKIFY_QQQ", "`sparkify doctor` lists all settings."),
    ],
)
@pytest.mark.parametrize("from_file", [True, False])
def test_a_misspelt_name_is_warned_of(
    name: str, says: str, from_file: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if from_file:
        Path(".env").write_text(f"{name}={SECRET}")
    else:
        monkeypatch.setenv(name, SECRET)
    load_settings()
    assert capsys.readouterr().err == f"Warning: {name.upper()} is not a setting, and has no effect. {says}\n"


def test_names_of_others_are_not_warned_of(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("SPARK_HOME", "DAGSTER_HOME", "LAKE", "SPARKIFY_LAKE", "AWS_PROFILE"):
        monkeypatch.setenv(name, "x")
    load_settings()
    assert capsys.readouterr().err == ""


# Days


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2018-11-02", "2018-11-01", "; swap them."),
        ("2019-01-01", None, "; set SPARKIFY_LAST_DAY to the last day of the logs, or empty for yesterday."),
        (None, "2018-10-31", "; set SPARKIFY_FIRST_DAY to the first day of the logs."),
        (str(date.max), None, r"SPARKIFY_FIRST_DAY \(9999-12-31\) is today or later"),
        ("today", "", "is today or later, and a day is built once it has ended, in UTC. Set it to "),
    ],
)
def test_days_which_are_none_say_which_setting_to_change(
    first: str | None, last: str | None, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, day in (("FIRST", first), ("LAST", last)):
        if day is not None:
            monkeypatch.setenv(f"SPARKIFY_{name}_DAY", str(datetime.now(UTC).date()) if day == "today" else day)
    with pytest.raises(SettingsError, match=says):
        load_settings()


@pytest.mark.parametrize("last", ["9999-12-31", "2200-01-01"])
def test_a_last_day_to_come_means_yesterday_until_then(last: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_LAST_DAY", last)
    assert load_settings().days[1] == yesterday()
    found = load_settings()
    days = daily_partitions(found.first_day, found.last_day)
    assert days.get_last_partition_key() == str(yesterday())


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
