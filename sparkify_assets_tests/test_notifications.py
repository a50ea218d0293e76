"""People are notified of failed runs and checks: in the log, by a webhook, by the sensors and by `sparkify run`."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from sparkify_assets.cli.main import main
from sparkify_assets.defs.notifications import notifiers as notifications
from sparkify_assets.defs.notifications.notifiers import LogNotifier, Notice, Notifier, WebhookNotifier, notify_all
from sparkify_assets.errors import NotifyError, SettingsError
from sparkify_assets.settings import load_settings
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.webhooks import Webhook, webhook
from sparkify_assets_tests.workbench import FIRST, Platform, SmallLake

pytestmark = pytest.mark.slow

NOTICE = Notice("Sparkify: a run failed", ("users: one", "time: two"), is_error=True)
TEXT = "Sparkify: a run failed\n- users: one\n- time: two"


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    monkeypatch.setattr(notifications, "SECONDS_BETWEEN_TRIES", 0)
    with webhook() as server:
        yield server


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    lake = SmallLake(tmp_path / "lake")
    lake.song("A.json", song())
    lake.log(FIRST, event())
    return lake


# The webhook


def test_a_notice_arrives_as_json_with_a_text(hook: Webhook) -> None:
    WebhookNotifier(SecretStr(hook.url)).notify(NOTICE)
    assert hook.bodies == [{"text": TEXT}]
    assert hook.kinds == ["application/json"]


def test_what_the_data_holds_is_posted_and_never_obeyed(hook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    notice = Notice("A run failed", ("song=<!channel> \x1b[2J\u202e\ud800 & <http://a|b>",), is_error=True)
    notify_all([LogNotifier(logging.getLogger("notices")), WebhookNotifier(SecretStr(hook.url))], notice, pytest.fail)
    shown = "A run failed\n- song=<!channel> \\x1b[2J\\u202e\\ud800 & <http://a|b>"
    assert caplog.messages == [shown]
    assert hook.texts == [shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")]


@pytest.mark.parametrize("answer", [500, 503, 429, None])
def test_a_busy_webhook_gets_a_second_try(hook: Webhook, answer: int | None) -> None:
    hook.answers = [answer]
    WebhookNotifier(SecretStr(hook.url)).notify(NOTICE)
    assert hook.texts == [TEXT, TEXT]


@pytest.mark.parametrize(
    ("answers", "problem", "tries"),
    [
        ([503, 503, 503], "answered with HTTP 503", 2),
        ([404], "answered with HTTP 404", 1),
        ([302], "answered with HTTP 302", 1),
        ([None, None], "did not answer (RemoteDisconnected)", 2),
    ],
)
def test_a_webhook_which_refuses_is_an_error_without_its_address(
    hook: Webhook, answers: list[int | None], problem: str, tries: int
) -> None:
    hook.answers = answers
    with pytest.raises(NotifyError) as refused:
        WebhookNotifier(SecretStr(hook.url)).notify(NOTICE)
    assert str(refused.value) == f"The webhook of SPARKIFY_NOTIFY_WEBHOOK {problem}. Check the address."
    assert len(hook.bodies) == tries


def test_a_webhook_which_never_answers_is_given_up(hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(notifications, "TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/services/hush"
        with pytest.raises(NotifyError, match="did not answer"):
            WebhookNotifier(SecretStr(url)).notify(NOTICE)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/services/hush", "http://[hush", "http://127.0.0.1:hush/"])
def test_an_address_where_nobody_answers_stays_secret(hook: Webhook, url: str) -> None:
    logged: list[str] = []
    notify_all([WebhookNotifier(SecretStr(url))], NOTICE, logged.append)
    assert logged[0].startswith("Could not notify of: Sparkify: a run failed. The webhook of SPARKIFY_NOTIFY_WEBHOOK ")
    assert "hush" not in logged[0]


def test_a_notifier_which_fails_does_not_stop_the_others(hook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Notifier):
        def notify(self, notice: Notice) -> None:
            raise ValueError("my password is hush")

    logged: list[str] = []
    channels = [Broken(), LogNotifier(logging.getLogger("notices")), WebhookNotifier(SecretStr(hook.url))]
    notify_all(channels, NOTICE, logged.append)
    assert logged == ["Could not notify of: Sparkify: a run failed. Broken: ValueError"]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [("ERROR", TEXT)]
    assert hook.texts == [TEXT]


# The setting


def test_an_address_which_is_none_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_NOTIFY_WEBHOOK", "hooks.slack.example/hush")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "SPARKIFY_NOTIFY_WEBHOOK = (secret): Input should begin with https://" in str(refused.value)
    assert "hush" not in str(refused.value)


def test_the_doctor_does_not_show_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPARKIFY_NOTIFY_WEBHOOK", "https://hooks.example/hush")
    output = CliRunner().invoke(main, ["doctor"]).output
    assert "SPARKIFY_NOTIFY_WEBHOOK: ********** (given)" in output
    assert "hush" not in output


# The sensors


class WithSensors:
    """A platform with its two sensors, from before its first run."""

    def __init__(self, lake: SmallLake, folder: Path, instance: dg.DagsterInstance, **changes: Any) -> None:
        self.platform = Platform(lake, folder / "warehouse.duckdb", instance, **changes)
        self._cursors: dict[str, str | None] = {}
        self.tick()

    def tick(self) -> None:
        for name in ("notify_on_run_failure", "notify_on_check_failure"):
            with dg.build_sensor_context(instance=self.platform.instance, cursor=self._cursors.get(name)) as context:
                sensor = self.platform.definitions.resolve_sensor_def(name)
                assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
                self._cursors[name] = sensor.evaluate_tick(context).cursor


@pytest.fixture
def fresh() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def test_a_good_run_notifies_nobody(hook: Webhook, lake: SmallLake, tmp_path: Path, fresh: dg.DagsterInstance) -> None:
    watched = WithSensors(lake, tmp_path, fresh, notify_webhook=hook.url)
    watched.platform.build(FIRST)
    watched.tick()
    assert hook.bodies == []


def test_a_failed_run_is_notified_once_with_its_reason(
    hook: Webhook, lake: SmallLake, tmp_path: Path, fresh: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = WithSensors(lake, tmp_path, fresh, notify_webhook=hook.url)
    lake.log(FIRST, b"{", event())
    run = watched.platform.build(FIRST, good=False)
    for _ in range(2):
        watched.tick()
    (text,) = hook.texts
    title, detail = text.splitlines()[:2]
    assert title == f"Sparkify: sparkify_etl for {FIRST} failed (run {run.run_id[:8]})"
    assert detail.startswith("- staging_events: ")
    assert "1 of 2 records" in detail
    assert title in capsys.readouterr().err


def test_without_an_address_only_the_log_is_written(
    hook: Webhook, lake: SmallLake, tmp_path: Path, fresh: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = WithSensors(lake, tmp_path, fresh)
    lake.log(FIRST, b"{")
    watched.platform.build(FIRST, good=False)
    watched.tick()
    assert "Sparkify: sparkify_etl for 2018-11-01 failed" in capsys.readouterr().err
    assert hook.bodies == []


def test_a_webhook_which_fails_is_logged_and_the_tick_goes_on(
    hook: Webhook, lake: SmallLake, tmp_path: Path, fresh: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = WithSensors(lake, tmp_path, fresh, notify_webhook=hook.url)
    lake.log(FIRST, b"{")
    watched.platform.build(FIRST, good=False)
    hook.answers = [404]
    watched.tick()
    logged = capsys.readouterr().err
    assert "The webhook of SPARKIFY_NOTIFY_WEBHOOK answered with HTTP 404" in logged
    assert "hush" not in logged


@pytest.mark.parametrize(
    ("severity", "blocking", "title", "detail"),
    [
        ("WARN", False, "finished with 1 warning check", "warning users.odd: 3 rows"),
        ("ERROR", False, "finished with 1 failed check", "failed check users.odd: 3 rows"),
        ("ERROR", True, "failed with 1 failed check", "failed check users.odd: 3 rows"),
    ],
)
def test_failed_checks_are_notified_by_their_severity(
    hook: Webhook, lake: SmallLake, tmp_path: Path, fresh: dg.DagsterInstance,
    severity: str, blocking: bool, title: str, detail: str,
) -> None:  # fmt: skip
    @dg.asset_check(asset="users", name="odd", blocking=blocking)
    def odd() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity[severity], description="3 rows")

    watched = WithSensors(lake, tmp_path, fresh, notify_webhook=hook.url)
    watched.platform.definitions = dg.Definitions.merge(
        watched.platform.definitions, dg.Definitions(asset_checks=[odd])
    )
    watched.platform.build(FIRST, good=False)
    watched.tick()
    (text,) = hook.texts
    first, *rest = text.splitlines()
    assert first.startswith(f"Sparkify: sparkify_etl for {FIRST} {title} (run ")
    assert rest == [f"- {detail}"]


def test_a_run_whose_process_died_is_notified_with_its_retry(
    hook: Webhook, lake: SmallLake, tmp_path: Path, fresh: dg.DagsterInstance
) -> None:
    watched = WithSensors(lake, tmp_path, fresh, notify_webhook=hook.url)
    job = watched.platform.definitions.resolve_job_def("sparkify_etl")
    run = fresh.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags={"dagster/will_retry": "true"})
    fresh.report_run_failed(run)
    watched.tick()
    assert hook.texts == [
        f"Sparkify: sparkify_etl failed (run {run.run_id[:8]})\n"
        "- No step failed; its process died or was stopped. "
        "This run has been marked as failed from outside the execution context.\n"
        "- Dagster retries it."
    ]


def test_a_broken_key_is_notified_once_as_the_check_it_is(
    hook: Webhook, lake: SmallLake, tmp_path: Path, fresh: dg.DagsterInstance
) -> None:
    watched = WithSensors(lake, tmp_path, fresh, notify_webhook=hook.url)
    watched.platform.build(FIRST)
    watched.platform.change("insert into artists from artists")
    watched.platform.build(FIRST, good=False)
    watched.tick()
    (text,) = hook.texts
    assert text.count("broke the rule") == 1


# The command line


def invoke_run(lake: SmallLake, hook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("SPARKIFY_LAKE", str(lake.folder))
    monkeypatch.setenv("SPARKIFY_NOTIFY_WEBHOOK", hook.url)
    return CliRunner().invoke(main, ["run", "--from", FIRST, "--to", FIRST])


def test_sparkify_run_posts_to_the_webhook_too(
    hook: Webhook, lake: SmallLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.log(FIRST, b"{")
    hook.answers = [404]
    result = invoke_run(lake, hook, tmp_path, monkeypatch)
    assert result.exit_code == 1
    (text,) = hook.texts
    assert text.startswith(f"Sparkify: sparkify_etl for {FIRST} failed (run ")
    assert "! Could not notify of: Sparkify: sparkify_etl" in result.output
    assert "hush" not in result.output


def test_a_good_sparkify_run_posts_nothing(
    hook: Webhook, lake: SmallLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invoke_run(lake, hook, tmp_path, monkeypatch).exit_code == 0
    assert hook.bodies == []
