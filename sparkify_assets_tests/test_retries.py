"""What passes by itself is tried again: a lake which fails twice and then works. What does not pass fails at once."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import dagster as dg
import duckdb
import pytest

from sparkify_assets.components import failures
from sparkify_assets_tests.conftest import BUCKET
from sparkify_assets_tests.lakes import event, song, stored
from sparkify_assets_tests.workbench import FIRST, Platform, SmallLake, Tables

pytestmark = pytest.mark.slow

BUSY = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
DAY_FILE = f"log_data/2018/11/{FIRST}-events.json"


class Front:
    """Stands in front of the S3 server, and fails the next requests of some paths: 503, or None for a dropped one."""

    def __init__(self) -> None:
        self.faults: dict[str, list[int | None]] = {}

    def fault(self, path: str) -> int | bool | None:
        """The next fault of a path; False if there is none."""
        for name, some in self.faults.items():
            if name in path and some:
                return some.pop(0)
        return False


@pytest.fixture
def front(s3: Any, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """The platform's way to S3; boto3 does not try again by itself."""
    front = Front()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            fault = front.fault(self.path)
            if fault is None:
                self.close_connection = True
            elif fault:
                self.answer(503, {}, BUSY)
            else:
                behind = http.client.HTTPConnection(urlsplit(endpoint).netloc)
                behind.request(self.command, self.path, headers=dict(self.headers))
                answer = behind.getresponse()
                self.answer(answer.status, dict(answer.getheaders()), answer.read())
                behind.close()

        do_HEAD = do_GET  # noqa: N815

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A client which goes away after a fault is none."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(failures, "RETRY_SECONDS", (0, 0, 0))
    yield front
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def lake(s3: Any, tmp_path: Path) -> SmallLake:
    lake = SmallLake(tmp_path / "lake")
    lake.song("A/TRA.json", song())
    lake.log(FIRST, event(), event(itemInSession=1, song="Unknown"))
    for path in lake.folder.rglob("*"):
        if path.is_file():
            s3.upload_file(str(path), BUCKET, path.relative_to(lake.folder).as_posix())
    return lake


def retries(result: dg.ExecuteInProcessResult) -> list[str]:
    return [
        str(event.step_key) for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY
    ]


@pytest.mark.parametrize(
    ("path", "step", "fault"),
    [
        ("log_json_path.json", "staging_events", 503),
        ("log_data", "staging_events", None),
        (DAY_FILE, "staging_events", None),
        ("song_data", "staging_songs", 503),
        ("TRA.json", "staging_songs", 503),
    ],
)
def test_a_lake_which_fails_twice_gives_the_tables_of_one_which_never_does(
    front: Front, lake: SmallLake, tmp_path: Path, instance: dg.DagsterInstance, path: str, step: str, fault: int | None
) -> None:
    in_s3 = Platform(f"s3://{BUCKET}", tmp_path / "s3.duckdb", instance)
    in_folder = Tables(lake, tmp_path / "folder.duckdb")
    front.faults = {path: [fault, fault]}
    result = in_s3.build(FIRST, select=["cluster", "staging_events", "staging_songs", "load_rejects"])
    in_folder.stage_day()
    in_folder.stage_songs()
    assert retries(result) == [step, step]
    for table in ("staging_events", "staging_songs"):
        assert in_s3.rows(f"select * from {table}") == in_folder.rows(f"select * from {table}")


def test_the_star_of_a_run_which_tried_again_is_that_of_a_good_one(
    front: Front, lake: SmallLake, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    in_s3 = Platform(f"s3://{BUCKET}", tmp_path / "s3.duckdb", instance)
    in_folder = Platform(lake, tmp_path / "folder.duckdb", instance)
    front.faults = {DAY_FILE: [503, None, 503], "TRA.json": [None]}
    assert sorted(retries(in_s3.build(FIRST))) == ["staging_events"] * 3 + ["staging_songs"]
    in_folder.build(FIRST)
    assert stored(in_s3.rows) == stored(in_folder.rows)


def test_a_lake_which_stays_busy_fails_and_each_try_is_told(
    front: Front, lake: SmallLake, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    front.faults = {DAY_FILE: [503] * 99}
    platform = Platform(f"s3://{BUCKET}", tmp_path / "s3.duckdb", instance)
    result = platform.build(FIRST, good=False)
    failure = result.failure_data_for_node("staging_events")
    assert failure is not None
    assert failure.user_failure_data is not None
    reason = f"S3 was too busy for s3://{BUCKET}/{DAY_FILE}: "
    assert str(failure.user_failure_data.description).startswith(reason)
    warnings = [entry.user_message for entry in instance.all_logs(result.run_id) if reason in entry.user_message]
    tries = [text.partition(" Trying ")[2] for text in warnings if " Trying " in text]
    assert tries == [f"again in 0 s ({number} of 3)." for number in (1, 2, 3)]
    assert platform.rows("select count(*) from staging_events") == [(0,)]


def test_what_does_not_pass_by_itself_is_not_tried_again(
    front: Front, lake: SmallLake, s3: Any, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    s3.put_object(Bucket=BUCKET, Key="log_json_path.json", Body=b"{")
    for place in (f"s3://{BUCKET}", "s3://no-such-bucket"):
        result = Platform(place, tmp_path / "s3.duckdb", instance).build(FIRST, good=False)
        assert not result.success
        assert retries(result) == []


def test_a_database_which_is_held_is_waited_for_once(
    lake: SmallLake, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    path = tmp_path / "held.duckdb"
    duckdb.connect(str(path)).close()
    hold = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        result = Platform(lake, path, instance, duckdb_wait_seconds=0).build(FIRST, good=False)
        holder.communicate()
    assert "is held by process" in str(result.failure_data_for_node("cluster"))
    assert retries(result) == []
