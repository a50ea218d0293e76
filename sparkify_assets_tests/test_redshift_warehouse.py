"""The Redshift warehouse against the stand-in: how it is let in, loads, does again, and never does again."""

import gzip
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import dagster as dg
import pytest
from pydantic import SecretStr
from redshift_connector.error import ProgrammingError

from redshift_stand_in import Modes, Refused
from redshift_stand_in.faults import ERROR_1023, S3_ACCESS_DENIED, S3_SLOW_DOWN, Fault
from sparkify_assets.definitions import build_definitions
from sparkify_assets.errors import LoadError, SettingsError, WarehouseError
from sparkify_assets.lake.sources import EVENTS, SONGS
from sparkify_assets.loading.pending import clear_pending, with_pending
from sparkify_assets.loading.staging import StagedTable
from sparkify_assets.loading.staging import stage as stage_source
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import Session
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets.warehouse.redshift.copy import CopyInto
from sparkify_assets.warehouse.redshift.failures import TransientFailure, as_warehouse_error
from sparkify_assets.warehouse.redshift.login import PasswordLogin
from sparkify_assets.warehouse.redshift.session import RedshiftSession
from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.processes import until
from sparkify_assets_tests.production import LAKES, ROLE, Production
from sparkify_assets_tests.workbench import SmallLake, as_line

FIRST, SECOND = date(2018, 11, 1), date(2018, 11, 2)


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    small = SmallLake(tmp_path / "lake")
    small.song("A/TRA.json", song())
    small.log("2018-11-01", event(), event(itemInSession=1))
    small.log("2018-11-02", event(sessionId=2, ts=1541200000000))
    return small


def warehouse_of(production: Production, **changes: Any) -> RedshiftWarehouse:
    """Waits which a test can wait for."""
    opened = open_warehouse(production.settings(**changes))
    assert isinstance(opened, RedshiftWarehouse)
    return opened.model_copy(update={"retry_seconds": 0.01})


@pytest.fixture
def warehouse(production: Production, lake: SmallLake) -> RedshiftWarehouse:
    production.bring(lake.folder)
    production.create_tables()
    return warehouse_of(production)


def stage(production: Production, warehouse: RedshiftWarehouse, last: date = SECOND, share: float = 1.0) -> StagedTable:
    return stage_source(warehouse, production.lake, EVENTS, (FIRST, last), share)


def stage_songs(production: Production, warehouse: RedshiftWarehouse, share: float = 1.0) -> StagedTable:
    return stage_source(warehouse, production.lake, SONGS, None, share)


def sent(production: Production, beginning: str) -> list[str]:
    """The statements which the stand-in got and which begin so."""
    texts = (statement.text.strip() for statement in production.stand_in.statements)
    return [text for text in texts if text.lower().startswith(beginning)]


# Logins


def test_a_wrong_password_is_refused_once_and_not_repeated(production: Production) -> None:
    warehouse = warehouse_of(production, redshift_password=SecretStr("hunter2"))
    with pytest.raises(WarehouseError, match="does not let this process in") as refused:
        warehouse.fetch("select 1 as one")
    assert "hunter2" not in str(refused.value)
    assert "Tried" not in str(refused.value)


def test_a_secret_lets_in(production: Production) -> None:
    stand_in = production.stand_in
    secret = f'{{"username": "{stand_in.user}", "password": "{stand_in.password}"}}'
    made = boto3.client("secretsmanager").create_secret(Name=production.name, SecretString=secret)
    warehouse = warehouse_of(
        production, redshift_password=SecretStr(""), redshift_user="", redshift_secret_arn=made["ARN"]
    )
    assert warehouse.fetch("select 1 as one").scalar == 1


def test_a_missing_secret_is_named_with_a_hint(production: Production) -> None:
    warehouse = warehouse_of(
        production, redshift_password=SecretStr(""), redshift_user="", redshift_secret_arn="arn:nowhere"
    )
    with pytest.raises(WarehouseError, match="arn:nowhere of SPARKIFY_REDSHIFT_SECRET_ARN cannot be read"):
        warehouse.fetch("select 1 as one")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"redshift_password": SecretStr("")}, "but none is set"),
        ({"redshift_workgroup": "w"}, "SPARKIFY_REDSHIFT_PASSWORD and SPARKIFY_REDSHIFT_WORKGROUP are set"),
        ({"redshift_host": ""}, "SPARKIFY_REDSHIFT_PASSWORD needs SPARKIFY_REDSHIFT_HOST"),
        ({"lake": "data/lake"}, "Redshift loads from S3, but SPARKIFY_LAKE is 'data/lake'"),
        ({"work_uri": "work"}, "SPARKIFY_WORK_URI = 'work' is not in S3"),
        ({"redshift_host": "c.example.com"}, "SSLMODE=disable is for an endpoint on this machine, not for c.example"),
    ],
)
def test_settings_which_cannot_work_are_refused_before_anything_is_sent(
    production: Production, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        open_warehouse(production.settings(**changes))


def test_tls_is_verified_unless_it_is_switched_off() -> None:
    login = PasswordLogin("dev", "c.example.com", user="u", password=SecretStr("p"))
    assert {"ssl": True, "sslmode": "verify-full"}.items() <= login.arguments().items()


def test_a_password_is_in_no_text_of_the_warehouse(production: Production) -> None:
    warehouse = warehouse_of(production)
    assert production.stand_in.password not in f"{warehouse!r} {warehouse} {warehouse.login!r}"


def test_our_statements_can_be_found_by_application_and_query_group(
    production: Production, warehouse: RedshiftWarehouse
) -> None:
    assert warehouse.fetch("select current_setting('query_group') as found").scalar == "sparkify"
    assert {statement.application_name for statement in production.stand_in.statements} == {"sparkify"}


def test_a_statement_may_not_run_forever(production: Production, warehouse: RedshiftWarehouse) -> None:
    assert warehouse.fetch("select 1 as found").scalar == 1
    assert sent(production, "set statement_timeout") == ["set statement_timeout to 14400000"]


# Tables


def test_redshift_by_host_and_password_is_shown_as_redshift(production: Production) -> None:
    graph = build_definitions(production.settings()).resolve_asset_graph()
    assert graph.get(dg.AssetKey("cluster")).kinds == {"redshift", "aws"}


def test_tokens_of_commits_are_forgotten_after_a_week(warehouse: RedshiftWarehouse) -> None:
    def keep(session: RedshiftSession) -> None:
        for token, days in (("old", -8), ("young", -6)):
            session.execute(
                "insert into commits (token, committed_at) "
                "values (:token, dateadd(day, :days, cast(getdate() as timestamp)))",
                token=token,
                days=days,
            )

    warehouse.run(keep)
    warehouse.create_tables()
    found = warehouse.fetch("select token from commits where token in ('old', 'young')")
    assert found.rows == [("young",)]


# Done again, and not


def test_a_write_conflict_is_done_again_and_counts_once(production: Production, warehouse: RedshiftWarehouse) -> None:
    production.stand_in.faults.add(Fault("error", "insert into staging_events", error=ERROR_1023))
    assert stage(production, warehouse).rows == 3
    assert len(sent(production, "insert into staging_events")) == 2


@pytest.mark.parametrize("kind", ["drop_before", "drop_during", "drop_after"])
@pytest.mark.parametrize("statement", ["^copy", "insert into lake_files", "delete from staging_events"])
def test_a_broken_connection_is_opened_again_and_nothing_counts_twice(
    production: Production, warehouse: RedshiftWarehouse, kind: Any, statement: str
) -> None:
    production.stand_in.faults.add(Fault(kind, statement))
    assert stage(production, warehouse).rows == 3
    assert warehouse.fetch("select count(*) from staging_events").scalar == 3


def test_a_commit_which_got_through_is_not_done_again(production: Production, warehouse: RedshiftWarehouse) -> None:
    production.stand_in.faults.add(Fault("drop_after", "^commit"))
    assert stage(production, warehouse).rows == 3
    assert len(sent(production, "copy")) == 1
    assert warehouse.fetch("select count(*) from staging_events").scalar == 3


def test_a_commit_which_did_not_get_through_is_done_again(production: Production, warehouse: RedshiftWarehouse) -> None:
    production.stand_in.faults.add(Fault("drop_before", "^commit"))
    assert stage(production, warehouse).rows == 3
    assert len(sent(production, "copy")) == 2
    assert warehouse.fetch("select count(*) from staging_events").scalar == 3


def test_s3_asking_for_patience_is_done_again(production: Production, warehouse: RedshiftWarehouse) -> None:
    production.stand_in.faults.add(Fault("error", "^copy", error=S3_SLOW_DOWN))
    assert stage(production, warehouse).rows == 3


@pytest.mark.parametrize(
    ("state", "message", "detail", "passes"),
    [
        ("XX000", "1023", "Serializable isolation violation on table - 100167", True),
        ("XX000", "1023", "", True),
        ("XX000", "1018 Relation does not exist", "", True),
        ("XX000", "ERROR: 1018 DETAIL: Relation does not exist", "", True),
        ("40P01", "deadlock detected", "", True),
        ("57P03", "the cluster is resuming", "", True),
        ("XX000", "S3ServiceException", "S3ServiceException:Please reduce your request rate.,Status 503", True),
        ("XX000", "S3ServiceException", "S3ServiceException:Access Denied,Status 403,Error AccessDenied", False),
        ("XX000", "Load into table 'staging_events' failed.", "Check 'sys_load_error_detail'", False),
        ("42P01", 'relation "nowhere" does not exist', "", False),
        ("22003", "Numeric data overflow (10231018)", "", False),
    ],
)
def test_only_what_may_pass_by_itself_is_done_again(state: str, message: str, detail: str, passes: bool) -> None:
    error = ProgrammingError({"S": "ERROR", "C": state, "M": message, "D": detail})
    assert isinstance(as_warehouse_error(error, "select 1"), TransientFailure) == passes


def test_what_will_fail_again_is_not_done_again(production: Production, warehouse: RedshiftWarehouse) -> None:
    with pytest.raises(WarehouseError, match="nowhere"):
        warehouse.fetch("select * from nowhere")
    assert len(sent(production, "select * from nowhere")) == 1


def test_what_fails_for_too_long_is_given_up_with_its_reason(
    production: Production, warehouse: RedshiftWarehouse
) -> None:
    production.stand_in.faults.add(Fault("error", "^copy", error=ERROR_1023, times=5))
    with pytest.raises(WarehouseError, match=r"(?s)1023.*Tried 5 times; all was rolled back"):
        stage(production, warehouse)
    assert warehouse.fetch("select count(*) from staging_events").scalar == 0


# COPY


def test_days_without_late_lines_are_one_copy(production: Production, warehouse: RedshiftWarehouse) -> None:
    stage(production, warehouse)
    assert len(sent(production, "copy")) == 1
    assert warehouse.fetch("select log_date, count(*) as n from staging_events group by log_date order by 1").rows == [
        (FIRST, 2),
        (SECOND, 1),
    ]


def test_a_late_line_keeps_the_day_of_its_file(
    production: Production, warehouse: RedshiftWarehouse, lake: SmallLake
) -> None:
    late = event(sessionId=9, itemInSession=9)  # of the first day, in the file of the second
    lake.log("2018-11-02", event(sessionId=2, ts=1541200000000), late)
    production.bring(lake.folder)
    stage(production, warehouse)
    assert len(sent(production, "copy")) == 3
    found = warehouse.fetch("select sessionId, log_date from staging_events where itemInSession = 9").rows
    assert found == [(9, SECOND)]


def test_lines_which_stop_a_copy_are_shown_as_a_table(
    production: Production, warehouse: RedshiftWarehouse, lake: SmallLake
) -> None:
    production.stand_in.modes = Modes(view_delay=0.1)
    lake.log("2018-11-01", event(), event(sessionId="many"), event(sessionId="more"))
    production.bring(lake.folder)
    columns = [column.name for column in models()["staging_events"].columns if column.name != "log_date"]
    uri = production.lake.uri(lake.log_name("2018-11-01"))
    paths = production.lake.uri("log_json_path.json")
    into = CopyInto("landing", columns, uri, paths, ROLE, "us-east-1", is_manifest=False, is_gzip=False, max_errors=2)

    def load(session: Session) -> None:
        assert isinstance(session, RedshiftSession)
        session.execute(
            f"create temp table landing ({', '.join(f'{c} varchar(99)' for c in columns[:12])}, "
            "sessionId integer, " + ", ".join(f"{c} varchar(999)" for c in columns[13:]) + ")"
        )
        session.copy(into)

    with pytest.raises(LoadError) as refused:
        warehouse.run(load)
    lines = str(refused.value).splitlines()
    assert lines[0] == "COPY into landing refused too much; nothing was loaded. The first lines:"
    assert lines[1].split() == ["file", "line", "column", "reason"]
    assert [line.split()[:3] for line in lines[2:]] == [[uri, "2", "sessionid"], [uri, "3", "sessionid"]]


def test_the_rows_of_views_are_waited_for(production: Production, warehouse: RedshiftWarehouse) -> None:
    production.stand_in.modes = Modes(view_delay=0.15)
    assert stage(production, warehouse).rows == 3
    assert len(sent(production, "copy")) == 1
    assert "from landed_records" in sent(production, "insert into staging_events")[-1]


def test_where_views_stay_silent_files_are_read_record_by_record(
    production: Production, warehouse: RedshiftWarehouse
) -> None:
    production.stand_in.modes = Modes(view_delay=600)
    assert stage(production, warehouse.model_copy(update={"view_seconds": 0.1})).rows == 3
    assert warehouse.fetch("select count(*) from staging_events").scalar == 3


def test_files_whose_names_the_views_cut_are_told_apart(production: Production, warehouse: RedshiftWarehouse) -> None:
    lines = {
        f"2018-11-01-{'x' * 240}0.json": event(itemInSession=10),
        f"2018-11-01-{'x' * 240}1.json": event(itemInSession=11),  # in its first 256 bytes the same URI
        f"2018-11-02-{'y' * 240}.json": event(sessionId=3, ts=1541200000000),
    }
    for name, line in lines.items():
        key = f"{production.name}/log_data/2018/11/{name}"
        production.s3.put_object(Bucket=LAKES, Key=key, Body=as_line(line))
    assert stage(production, warehouse).rows == 6
    counts = warehouse.fetch("select record_count, count(*) as n from lake_files group by 1 order by 1").rows
    assert counts == [(1, 4), (2, 1)]
    assert len(sent(production, "copy")) == 1


@pytest.mark.parametrize(
    "failure",
    [
        Refused("22021", "invalid byte sequence"),
        Refused("XX000", "Invalid JSONPath format: Not an array or index out of range."),
        Refused("XX000", "Input data row exceeds the limit of 4 MB"),
    ],
)
def test_a_copy_which_fails_at_data_leaves_it_to_the_reader_of_records(
    production: Production, warehouse: RedshiftWarehouse, failure: Refused
) -> None:
    production.stand_in.faults.add(Fault("error", "^copy landed", error=failure))
    assert stage(production, warehouse).rows == 3


def test_the_slices_of_data_count(warehouse: RedshiftWarehouse) -> None:
    assert warehouse.slices() == 4


# Isolation


def test_sessions_which_load_other_tables_do_not_conflict(production: Production, warehouse: RedshiftWarehouse) -> None:
    """On a SERIALIZABLE database too: what both share they only read, or only append to."""
    production.stand_in.modes = Modes(isolation="serializable")
    tables = models()

    def load(session: Session, name: str) -> None:
        with_pending(session, [tables[name]], FIRST, SECOND)
        session.execute(f"delete from {name}")
        clear_pending(session, [tables[name]])

    with warehouse.transaction() as first:
        load(first, "songs")
        other = threading.Thread(target=warehouse.run, args=(lambda session: load(session, "artists"),))
        other.start()
        other.join(10)
        assert not other.is_alive(), "it waits for the first session"
        warehouse.create_tables()


@pytest.mark.parametrize(
    ("modes", "other", "rows"),
    [(Modes(), stage_songs, 1), (Modes(isolation="serializable"), stage, 3)],
    ids=["snapshot", "serializable"],
)
def test_loads_which_stage_at_once_take_turns(
    production: Production, warehouse: RedshiftWarehouse, modes: Modes, other: Callable[..., StagedTable], rows: int
) -> None:
    """No file is staged twice where snapshots are apart, and no load is done again where they conflict."""
    production.stand_in.modes = modes
    once = warehouse.model_copy(update={"attempts": 1})
    production.stand_in.faults.add(Fault("delay", "^insert into lake_files", seconds=1))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(stage_songs, production, once)
        until(lambda: bool(sent(production, "insert into lake_files")), seconds=30)
        assert other(production, once).rows == rows
        assert first.result().rows == 1
    assert warehouse.fetch("select count(*) as rows_staged from staging_songs").scalar == 1


@pytest.mark.parametrize(
    ("modes", "says"),
    [
        (Modes(), "Snapshot Isolation. Loads of different rows run at once"),
        (Modes(isolation="serializable"), "Serializable. Loads which read and write one table at once conflict"),
    ],
)
def test_the_doctor_says_the_isolation_and_what_it_means(production: Production, modes: Modes, says: str) -> None:
    production.stand_in.modes = modes
    assert warehouse_of(production).health_checks()["isolation"]().startswith(says)


def test_a_role_without_the_right_to_read_gives_a_hint(production: Production, warehouse: RedshiftWarehouse) -> None:
    production.stand_in.faults.add(Fault("error", "^copy", error=S3_ACCESS_DENIED))
    with pytest.raises(LoadError, match=r"(?s)Access Denied.*Give it s3:GetObject on the lake's objects"):
        stage(production, warehouse)
    assert len(sent(production, "copy")) == 1


def test_a_catalog_is_one_copy_and_its_rejects_name_files_of_the_lake(
    production: Production, warehouse: RedshiftWarehouse, lake: SmallLake
) -> None:
    for number in range(300):
        lake.song(f"B/TR{number:03d}.json", song(song_id=f"SO{number:03d}", title=f"Title {number}"))
    lake.song("C/TRX.json", song(song_id="SOX", year="old"))
    lake.song("C/TRY.json", b"[1]")
    lake.song("C/TRZ.json", b'{\n  "song_id": "SOZ", "artist_id": "ARA", "artist_name": "A",\n  "title": "Pretty"\n}')
    production.bring(lake.folder)
    staged = stage_songs(production, warehouse)
    assert (staged.rows, staged.staged.rejects, len(sent(production, "copy"))) == (302, 2, 1)
    rejects = warehouse.fetch("select source_file, line_number, column_name from load_rejects order by source_file")
    assert rejects.rows == [("song_data/C/TRX.json", 1, "year"), ("song_data/C/TRY.json", 1, None)]
    named = warehouse.fetch("select source_file from staging_songs where title = 'Pretty'").scalar
    assert named == "song_data/C/TRZ.json"


def test_without_a_work_prefix_what_copy_would_mix_up_is_read_record_by_record(
    production: Production, warehouse: RedshiftWarehouse, lake: SmallLake
) -> None:
    """COPY takes every object whose name begins as it is told."""
    more = event(itemInSession=77)
    (lake.folder / "log_data/2018/11/2018-11-01-events.json.gz").write_bytes(gzip.compress(as_line(more)))
    (lake.folder / "song_data/A/TRB.json.gz").write_bytes(gzip.compress(as_line(song(song_id="SOB"))))
    production.bring(lake.folder)
    by_prefix = warehouse.model_copy(update={"work_uri": ""})
    stage(production, by_prefix)
    stage_songs(production, by_prefix)
    doubled = "select log_date, itemInSession from staging_events group by 1, 2 having count(*) > 1"
    assert warehouse.fetch(doubled).rows == []
    assert warehouse.fetch("select count(*) as n from staging_events where itemInSession = 77").scalar == 1
    assert warehouse.fetch("select source_file from staging_songs where song_id = 'SOB'").scalar == (
        "song_data/A/TRB.json.gz"
    )


def test_nothing_stays_under_the_work_prefix(production: Production, warehouse: RedshiftWarehouse) -> None:
    stage(production, warehouse)
    stage_songs(production, warehouse)
    production.stand_in.faults.add(Fault("error", "^copy", error=S3_ACCESS_DENIED))
    with pytest.raises(LoadError):
        stage(production, warehouse)
    assert sent(production, "copy")
    assert production.left_in_work() == []


def test_a_long_statement_shows_its_progress(
    production: Production, warehouse: RedshiftWarehouse, caplog: pytest.LogCaptureFixture
) -> None:
    patient = warehouse.model_copy(update={"progress_seconds": 0.1})
    production.stand_in.faults.add(Fault("delay", "^copy", seconds=0.5))
    with caplog.at_level(logging.INFO):
        stage(production, patient)
    assert any("Running for" in message and "copy landed_records" in message for message in caplog.messages)
