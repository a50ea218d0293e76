"""`sparkify cluster`: the cluster in AWS, from its creation to its deletion."""

import json
from typing import TYPE_CHECKING

import click

from sparkify_assets.cli.output import echo
from sparkify_assets.settings import load_settings

if TYPE_CHECKING:
    from sparkify_assets.cluster.descriptions import ClusterDescription
    from sparkify_assets.cluster.lifecycle import Cluster, Plan

_YES = click.option("--yes", is_flag=True, help="Do not ask.")
_FORCE_OPEN = click.option("--force-open", is_flag=True, help="Admit a network which is open to strangers.")
_FROM_SNAPSHOT = click.option(
    "--from-snapshot", default="", metavar="ID", help="Restore a new cluster from a snapshot."
)


@click.group()
def cluster() -> None:
    """The Redshift cluster in AWS: plan it, create it, pause it, delete it."""


@cluster.command()
@_FROM_SNAPSHOT
@_FORCE_OPEN
def plan(from_snapshot: str, force_open: bool) -> None:
    """What exists, what `up` would create, and what it costs. Nothing is created."""
    _print_plan(_cluster().plan(from_snapshot=from_snapshot, force_open=force_open))


@cluster.command()
@_YES
@_FROM_SNAPSHOT
@_FORCE_OPEN
def up(yes: bool, from_snapshot: str, force_open: bool) -> None:
    """Create what is missing and wait until it is available. If it fails or is killed, run it again: it resumes."""
    redshift = _cluster()
    plan = redshift.plan(from_snapshot=from_snapshot, force_open=force_open)
    _print_plan(plan)
    if plan.todo and not yes:
        click.confirm("Create that?", abort=True)
    _print_description(redshift.up(echo, from_snapshot=from_snapshot, force_open=force_open))


@cluster.command()
def status() -> None:
    """What exists, its status, and what differs from the settings."""
    plan, description = _cluster().status()
    _print_plan(plan)
    if description:
        _print_description(description)


@cluster.command()
def pause() -> None:
    """Stop a provisioned cluster; only its storage is billed until it is resumed."""
    _cluster().pause(echo)
    echo("Done.")


@cluster.command()
def resume() -> None:
    """Start a paused cluster and wait until it is available."""
    _cluster().resume(echo)
    echo("Done.")


@cluster.command()
@_YES
@click.option(
    "--final-snapshot/--no-final-snapshot", default=True, show_default=True, help="Keep the data as a snapshot."
)
def down(yes: bool, final_snapshot: bool) -> None:
    """Delete the cluster, its network and its role in any status; nothing which sparkify did not create."""
    redshift = _cluster()
    if not yes:
        lost = "" if final_snapshot else " and every row in it, without a snapshot"
        click.confirm(f"Delete the cluster {redshift.spec.name}{lost}?", abort=True)
    redshift.down(echo, final_snapshot=final_snapshot)
    echo("Nothing of it is left." + (" Snapshots are billed until you delete them." if final_snapshot else ""))


@cluster.command()
@click.option(
    "--of",
    "whose",
    type=click.Choice(["operator", "uploader", "runner", "role", "trust"]),
    default="operator",
    show_default=True,
    help="Of whoever runs these commands, `sparkify lake` or the graph; of the role of COPY; who may assume it.",
)
def policy(whose: str) -> None:
    """Print the least rights as an IAM policy; needs no account."""
    from sparkify_assets.cluster import policies

    of_cluster = {
        "operator": policies.operator_policy,
        "uploader": policies.uploader_policy,
        "runner": policies.runner_policy,
        "role": policies.role_policy,
    }
    document = policies.trust_policy() if whose == "trust" else of_cluster[whose](_cluster().spec)
    echo(json.dumps(document, indent=2))


def _cluster() -> "Cluster":
    from sparkify_assets.cluster.lifecycle import cluster_of

    return cluster_of(load_settings())


def _print_plan(plan: "Plan") -> None:
    for resource in plan.resources:
        echo(f"{resource.label}: {resource.status or 'does not exist'}")
    for title, lines in (
        ("`sparkify cluster up` will:", plan.todo),
        ("Differs from the settings, and is left as it is:", plan.drift),
    ):
        if lines:
            echo("\n  ".join([f"\n{title}", *lines]))
    echo(f"\nCost: {plan.price.message}")
    for choice in plan.cheaper:
        echo(f"Cheaper: {choice}")
    echo()


def _print_description(found: "ClusterDescription") -> None:
    setting = "SPARKIFY_REDSHIFT_WORKGROUP" if found.mode == "serverless" else "SPARKIFY_REDSHIFT_CLUSTER_IDENTIFIER"
    echo(f"{found.name} is {found.status}: {found.size}, database {found.database}")
    if found.host:
        echo(f"endpoint: {found.host}:{found.port}")
    echo(f"role: {found.default_role or 'none'}")
    echo(f"secret of {found.admin}: {found.secret_arn or 'none'}")
    echo(f"To build on it, set SPARKIFY_WAREHOUSE=redshift and {setting}={found.name}")
