"""The chapter 'From an empty AWS account to a star in Redshift' of docs/redshift.md, command by command.

AWS is moto with our own front before it, Redshift the stand-in with TLS. What AWS itself would do between the two, the
cluster's endpoint answering for the cluster which was made, is done by the test: it gives the stand-in the admin's
password out of the secret, and the settings the stand-in's address.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from redshift_stand_in import RedshiftStandIn
from sparkify_assets.cli.main import main
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets.settings import load_settings
from sparkify_assets_tests.aws_stand_in.server import REGION, AwsStandIn
from sparkify_assets_tests.cluster.workbench import forget_clients
from sparkify_assets_tests.production import use_aws

pytestmark = pytest.mark.slow

BUCKET = "music-of-sparkify"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStandIn]:
    """An empty account."""
    server = AwsStandIn()
    server.start()
    server.reset()  # moto keeps what earlier tests of this process have made
    forget_clients()
    use_aws(monkeypatch, server.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    yield server
    server.stop()
    forget_clients()


@pytest.fixture
def sparkify(aws: AwsStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command of the page; it has to end with 0."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))

    def run(*arguments: str, **changes: str) -> str:
        for name, value in changes.items():
            monkeypatch.setenv(name, value)
        load_settings.cache_clear()
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning")  # of the driver
def test_an_empty_account_becomes_a_star_and_is_empty_again(
    sparkify: Any, aws: AwsStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate_lake(tmp_path / "sample", days=2, users=20, songs=20, seed=4, start=load_settings().first_day)
    # Not by `sparkify lake up`: moto denies what the policy of the bucket denies, whatever the condition.
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    monkeypatch.setenv("SPARKIFY_LAKE", f"s3://{BUCKET}/lake")
    monkeypatch.setenv("SPARKIFY_WORK_URI", f"s3://{BUCKET}/work")
    monkeypatch.setenv("SPARKIFY_CLUSTER_ALLOWED_CIDR", "203.0.113.7/32")
    monkeypatch.setenv("SPARKIFY_CLUSTER_POLL_SECONDS", "0.01")
    monkeypatch.setenv("SPARKIFY_LAST_DAY", "2018-11-02")
    assert "s3:CreateBucket" in sparkify("cluster", "policy", "--of", "uploader")
    assert "0 unchanged" in sparkify("lake", "upload", "sample")
    assert "redshift:CreateCluster" in sparkify("cluster", "policy")
    assert "s3:DeleteObject" in sparkify("cluster", "policy", "--of", "runner")
    assert "0.3801 USD an hour" in sparkify("cluster", "plan")
    assert "sparkify is available" in sparkify("cluster", "up", "--yes")
    assert "SPARKIFY_REDSHIFT_CLUSTER_IDENTIFIER=sparkify" in sparkify("cluster", "status")

    found = boto3.client("redshift").describe_clusters(ClusterIdentifier="sparkify")["Clusters"][0]
    secret = json.loads(
        boto3.client("secretsmanager").get_secret_value(SecretId=found["MasterPasswordSecretArn"])["SecretString"]
    )
    users = {secret["username"]: secret["password"]}
    with RedshiftStandIn(s3_endpoint=aws.url, tls=True, users=users) as redshift:
        monkeypatch.setenv("SSL_CERT_FILE", str(redshift.certificate))
        monkeypatch.setenv("SPARKIFY_WAREHOUSE", "redshift")
        monkeypatch.setenv("SPARKIFY_REDSHIFT_HOST", redshift.host)
        monkeypatch.setenv("SPARKIFY_REDSHIFT_PORT", str(redshift.port))
        monkeypatch.setenv("SPARKIFY_REDSHIFT_CLUSTER_IDENTIFIER", "sparkify")
        monkeypatch.setenv("SPARKIFY_REDSHIFT_USER", "analyst")
        assert "✗" not in sparkify("doctor")
        told = sparkify("run")
        assert "0 failed" in told
        counted = json.loads(sparkify("query", "select count(*) as plays from songplays", "--format", "json"))
        assert counted[0]["plays"] > 0

        by_secret = {
            "SPARKIFY_REDSHIFT_CLUSTER_IDENTIFIER": "",
            "SPARKIFY_REDSHIFT_USER": "",
            "SPARKIFY_REDSHIFT_SECRET_ARN": found["MasterPasswordSecretArn"],
        }
        again = json.loads(
            sparkify("query", "select count(*) as plays from songplays", "--format", "json", **by_secret)
        )
        assert again == counted
        assert secret["password"] not in told + "".join(s.text for s in redshift.statements)

    sparkify("cluster", "pause")
    sparkify("cluster", "resume")
    assert "Nothing of it is left" in sparkify("cluster", "down", "--yes", "--no-final-snapshot")
    assert boto3.client("redshift").describe_clusters()["Clusters"] == []
