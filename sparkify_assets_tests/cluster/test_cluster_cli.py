"""`sparkify cluster`: what it prints, and how it ends. Against moto with our own stand-in in front of it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sparkify_assets.cli.main import main
from sparkify_assets.cluster.policies import operator_policy, role_policy, trust_policy
from sparkify_assets.settings import load_settings
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import (
    CIDR,
    LAKE,
    WORK,
    forget_clients,
    inventory,
    is_empty,
    recorded,
    spec,
    writes,
)

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def cluster_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPARKIFY_LAKE", LAKE)
    monkeypatch.setenv("SPARKIFY_WORK_URI", WORK)
    monkeypatch.setenv("SPARKIFY_CLUSTER_ALLOWED_CIDR", CIDR)
    monkeypatch.setenv("SPARKIFY_CLUSTER_POLL_SECONDS", "0.001")


def invoke(*arguments: str, answer: str | None = None) -> Result:
    load_settings.cache_clear()
    result = CliRunner().invoke(main, ["cluster", *arguments], input=answer)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def test_plan_prints_todo_and_cost_and_changes_nothing(aws: AwsStandIn) -> None:
    with recorded(aws) as calls:
        result = invoke("plan")
    assert result.exit_code == 0
    assert "cluster sparkify: does not exist" in result.output
    assert "  create the cluster sparkify: rg.large x 1, encrypted, not public\n" in result.output
    assert "Cost: 0.3801 USD an hour while it runs, 277.47 USD a month of 730 hours" in result.output
    assert writes(calls) == []


def test_up_asks_first(aws: AwsStandIn) -> None:
    result = invoke("up", answer="n\n")
    assert result.exit_code == 1
    assert "Cost: " in result.output.split("Create that?")[0]
    assert is_empty(inventory(aws))


def test_a_cluster_goes_up_pauses_resumes_and_goes_down(aws: AwsStandIn) -> None:
    up = invoke("up", answer="y\n")
    assert up.exit_code == 0
    assert "sparkify is available: rg.large x 1, database dev" in up.output
    assert "SPARKIFY_REDSHIFT_CLUSTER_IDENTIFIER=sparkify" in up.output
    again = invoke("up")
    assert "Create that?" not in again.output
    assert invoke("pause").exit_code == 0
    assert "cluster sparkify: paused" in invoke("status").output
    assert invoke("resume").exit_code == 0
    assert "endpoint: sparkify." in invoke("status").output
    assert invoke("down", answer="n\n").exit_code == 1
    assert not is_empty(inventory(aws))
    down = invoke("down", answer="y\n")
    assert "up --from-snapshot sparkify-final-" in down.output
    assert down.output.endswith("Nothing of it is left. Snapshots are billed until you delete them.\n")
    assert is_empty(inventory(aws))


def test_the_password_is_never_printed(aws: AwsStandIn) -> None:
    printed = invoke("up", "--yes").output + invoke("status").output
    secrets = aws.client("secretsmanager")
    (secret,) = secrets.list_secrets()["SecretList"]
    password = json.loads(secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"])["password"]
    assert secret["ARN"] in printed
    assert password not in printed


def test_serverless_goes_up_and_down(aws: AwsStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_CLUSTER_MODE", "serverless")
    up = invoke("up", "--yes")
    assert "at most 22.50 USD a month, where the usage limit of 60 RPU-hours stops it" in up.output
    assert "SPARKIFY_REDSHIFT_WORKGROUP=sparkify" in up.output
    assert invoke("down", "--yes", "--no-final-snapshot").output.endswith("Nothing of it is left.\n")
    assert is_empty(inventory(aws))


def test_policies_are_printed_as_json_without_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for whose, policy in (
        ("operator", operator_policy(spec())),
        ("role", role_policy(spec())),
        ("trust", trust_policy()),
    ):
        assert json.loads(invoke("policy", "--of", whose).output) == policy


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SPARKIFY_CLUSTER_NODE_TYPE", "dc2.large", "AWS no longer creates clusters of this type. Leave it empty"),
        ("SPARKIFY_CLUSTER_ALLOWED_CIDR", "0.0.0.0/0", "--force-open"),
        ("SPARKIFY_LAKE", "data/lake", "Write s3://bucket"),
    ],
)
def test_a_wrong_setting_exits_with_1_and_a_hint(
    aws: AwsStandIn, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    result = invoke("up", "--yes")
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {name} = ")
    assert message in result.output
    assert is_empty(inventory(aws))


def test_an_open_network_can_be_forced(aws: AwsStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARKIFY_CLUSTER_ALLOWED_CIDR", "0.0.0.0/0")
    assert invoke("up", "--yes", "--force-open").exit_code == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}, "AWS cannot be reached"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_EC2_METADATA_DISABLED": "true"}, "AWS cannot be reached"),
    ],
)
def test_an_unreachable_aws_is_reported(
    aws: AwsStandIn, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], message: str
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    forget_clients()
    try:
        result = invoke("plan")
    finally:
        forget_clients()
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {message}")
