"""The cluster in Dagster: its asset, its checks, its jobs and schedules.

Against moto with our own stand-in in front of it; the tables are created in a DuckDB file.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from moto.redshift.models import redshift_backends

from sparkify_assets.cluster.health import RULES
from sparkify_assets.cluster.lifecycle import Cluster
from sparkify_assets.defs.cluster.assets import redshift_cluster
from sparkify_assets.defs.cluster.checks import cluster_checks
from sparkify_assets.defs.cluster.jobs import CLUSTER_JOBS, TEARDOWN_WORD
from sparkify_assets.defs.cluster.schedules import CLUSTER_SCHEDULES, pause_cluster_schedule
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.duckdb.warehouse import DuckDBWarehouse
from sparkify_assets_tests.aws_stand_in.calls import ACCOUNT
from sparkify_assets_tests.aws_stand_in.server import REGION, AwsStandIn
from sparkify_assets_tests.cluster.workbench import cluster_of, inventory, is_empty, recorded, silent, writes

pytestmark = pytest.mark.slow

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_job(instance: dg.DagsterInstance, name: str, config: dict[str, Any] | None = None) -> dg.ExecuteInProcessResult:
    defs = dg.Definitions(jobs=CLUSTER_JOBS, resources={"cluster": cluster_of()}, executor=dg.in_process_executor)
    return defs.resolve_job_def(name).execute_in_process(
        instance=instance, run_config={**QUIET, **(config or {})}, raise_on_error=False
    )


def failure(result: dg.ExecuteInProcessResult) -> str:
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    return str(failed.step_failure_data.user_failure_data.description)  # type: ignore[union-attr]


def build(instance: dg.DagsterInstance, tmp_path: Path, cluster: Cluster) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [redshift_cluster(), cluster_checks()],
        instance=instance,
        resources={"cluster": cluster, "warehouse": DuckDBWarehouse(path=str(tmp_path / "warehouse.duckdb"))},
        run_config=QUIET,
        raise_on_error=False,
    )


def test_a_managed_cluster_is_created_by_a_run(aws: AwsStandIn, instance: dg.DagsterInstance, tmp_path: Path) -> None:
    result = build(instance, tmp_path, cluster_of(managed=True))
    assert result.success
    (materialized,) = result.asset_materializations_for_node("cluster")
    shown = {name: value.value for name, value in materialized.metadata.items()}
    assert (shown["status"], shown["size"], shown["managed"]) == ("available", "ra3.large x 1", True)
    assert {check.check_name: check.passed for check in result.get_asset_check_evaluations()} == dict.fromkeys(
        RULES, True
    )
    tables = DuckDBWarehouse(path=str(tmp_path / "warehouse.duckdb"), read_only=True)
    found = tables.fetch("select count(*) from information_schema.tables where table_name = 'songplays'").rows
    tables.close()
    assert found == [(1,)]
    assert "songplays" in models()


def test_a_managed_cluster_is_resumed_by_a_run(aws: AwsStandIn, instance: dg.DagsterInstance, tmp_path: Path) -> None:
    cluster_of().up(silent)
    cluster_of().pause(silent)
    assert build(instance, tmp_path, cluster_of(managed=True)).success


def test_an_unmanaged_cluster_is_not_changed(aws: AwsStandIn, instance: dg.DagsterInstance, tmp_path: Path) -> None:
    with recorded(aws) as calls:
        result = build(instance, tmp_path, cluster_of())
    assert not result.success
    assert failure(result) == "There is no provisioned Redshift sparkify. Create it: sparkify cluster up"
    cluster_of().up(silent)
    with recorded(aws) as more:
        assert build(instance, tmp_path, cluster_of()).success
    assert writes(calls + more) == []


def open_to_the_world(aws: AwsStandIn) -> None:
    ec2 = aws.client("ec2")
    group = ec2.describe_security_groups(GroupNames=["sparkify-redshift"])["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="-1", CidrIp="0.0.0.0/0")


def open_to_the_world_by_ipv6(aws: AwsStandIn) -> None:
    ec2 = aws.client("ec2")
    group = ec2.describe_security_groups(GroupNames=["sparkify-redshift"])["SecurityGroups"][0]["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 5439, "ToPort": 5439, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def changed(**values: Any) -> Callable[[AwsStandIn], None]:
    def change(_: AwsStandIn) -> None:
        for name, value in values.items():
            setattr(redshift_backends[ACCOUNT][REGION].clusters["sparkify"], name, value)

    return change


def give_the_role_more(aws: AwsStandIn) -> None:
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    aws.client("iam").put_role_policy(RoleName="sparkify-redshift", PolicyName="more", PolicyDocument=document)


@pytest.mark.parametrize(
    ("change_aws", "rule", "message"),
    [
        (changed(status="paused"), "available", "sparkify is paused. See: sparkify cluster status"),
        (changed(encrypted=False), "encrypted", "It is not encrypted: turn it on"),
        (changed(publicly_accessible=True), "not_public", "It is publicly accessible"),
        (open_to_the_world, "ingress_closed", "admits 0.0.0.0/0 to all"),
        (open_to_the_world_by_ipv6, "ingress_closed", "admits ::/0 to tcp/5439"),
        (changed(iam_roles_arn=[]), "role_attached", "It has no default role"),
        (give_the_role_more, "role_least_privilege", "Allow s3:* on * by the policy more"),
    ],
)
def test_a_check_finds_what_is_unsafe_and_how_to_fix_it(
    aws: AwsStandIn, instance: dg.DagsterInstance, change_aws: Callable[[AwsStandIn], None], rule: str, message: str
) -> None:
    cluster_of().up(silent)
    change_aws(aws)
    for cluster, severity in (
        (cluster_of(), dg.AssetCheckSeverity.WARN),
        (cluster_of(managed=True), dg.AssetCheckSeverity.ERROR),
    ):
        result = dg.materialize(
            [cluster_checks()],
            instance=instance,
            resources={"cluster": cluster},
            selection=dg.AssetSelection.all_asset_checks(),
            run_config=QUIET,
            raise_on_error=False,
        )
        (red,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
        assert (red.check_name, red.severity) == (rule, severity)
        assert message in str(red.description)


def test_the_jobs_create_pause_resume_and_delete_a_cluster(aws: AwsStandIn, instance: dg.DagsterInstance) -> None:
    assert run_job(instance, "provision_cluster").success
    assert run_job(instance, "pause_cluster").success
    found = cluster_of().describe()
    assert found
    assert found.status == "paused"
    assert run_job(instance, "resume_cluster").success
    refused = run_job(instance, "teardown_cluster")
    assert not refused.success
    assert failure(refused).startswith("Nothing was deleted. To confirm, launch this job with the config")
    assert cluster_of().endpoint().available
    confirmed = {"ops": {"delete_cluster": {"config": {"confirm": TEARDOWN_WORD, "final_snapshot": False}}}}
    assert run_job(instance, "teardown_cluster", confirmed).success
    assert is_empty(inventory(aws))


def test_a_failed_job_says_why(aws: AwsStandIn, instance: dg.DagsterInstance) -> None:
    assert failure(run_job(instance, "resume_cluster")).endswith("Create it: sparkify cluster up")


def test_the_schedules_are_off_and_surround_the_daily_job() -> None:
    assert {schedule.default_status for schedule in CLUSTER_SCHEDULES} == {dg.DefaultScheduleStatus.STOPPED}
    resume, pause = (schedule.cron_schedule for schedule in CLUSTER_SCHEDULES)
    assert (resume, pause) == ("30 1 * * *", "0 4-7 * * *")


def test_nothing_is_paused_during_a_run() -> None:
    with dg.DagsterInstance.local_temp() as instance:

        def tick() -> dg.RunRequest | dg.SkipReason:
            context = dg.build_schedule_context(instance=instance, scheduled_execution_time=datetime(2026, 1, 1, 4))
            return pause_cluster_schedule(context)  # type: ignore[return-value]

        assert isinstance(tick(), dg.RunRequest)
        run = dg.DagsterRun(job_name="daily_etl", run_id="b2a37d33-7d2f-4d4c-a5a8-9f7b8b7d8a11")
        instance.add_run(run.with_status(dg.DagsterRunStatus.STARTED))
        skipped = tick()
        assert isinstance(skipped, dg.SkipReason)
        assert "daily_etl is not finished" in str(skipped.skip_message)
