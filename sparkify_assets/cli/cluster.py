"""`sparkify cluster`: the cluster in AWS, from nothing and back to nothing."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from sparkify_assets.errors import SparkifyError
from sparkify_assets.settings import load_settings

if TYPE_CHECKING:
    from sparkify_assets.cluster.described import Described
    from sparkify_assets.cluster.lifecycle import Cluster, Plan

_YES = click.option("--yes", is_flag=True, help="Do not ask.")
_FORCE_OPEN = click.option("--force-open", is_flag=True, help="Let a network in which is open to strangers.")
_FROM_SNAPSHOT = click.option(
    "--from-snapshot", default="", metavar="ID", help="Restore a new cluster from a snapshot."
)


class _Explaining(click.Group):
    """Ends with 1 and the message of what a user can mend."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except SparkifyError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)


@click.group(cls=_Explaining)
def cluster() -> None:
    """The Redshift cluster in AWS: plan it, create it, pause it, delete it."""


@cluster.command()
@_FROM_SNAPSHOT
@_FORCE_OPEN
def plan(from_snapshot: str, force_open: bool) -> None:
    """What there is, what `up` would create, and what it costs. Nothing is created."""
    _print_plan(_cluster().plan(from_snapshot=from_snapshot, force_open=force_open))


@cluster.command()
@_YES
@_FROM_SNAPSHOT
@_FORCE_OPEN
def up(yes: bool, from_snapshot: str, force_open: bool) -> None:
    """Create what is missing and wait until it is available. Killed or failed, run it again: it takes up there."""
    wanted = _cluster()
    planned = wanted.plan(from_snapshot=from_snapshot, force_open=force_open)
    _print_plan(planned)
    if planned.todo and not yes:
        click.confirm("Create that?", abort=True)
    _print_described(wanted.up(click.echo, from_snapshot=from_snapshot, force_open=force_open))


@cluster.command()
def status() -> None:
    """What there is, how it stands, and what is not as the settings want it."""
    found, described = _cluster().status()
    _print_plan(found)
    if described:
        _print_described(described)


@cluster.command()
def pause() -> None:
    """Stop a provisioned cluster; only its storage is billed until it is resumed."""
    _cluster().pause(click.echo)
    click.echo("Done.")


@cluster.command()
def resume() -> None:
    """Start a paused cluster and wait until it is available."""
    _cluster().resume(click.echo)
    click.echo("Done.")


@cluster.command()
@_YES
@click.option(
    "--final-snapshot/--no-final-snapshot", default=True, show_default=True, help="Keep the data as a snapshot."
)
def down(yes: bool, final_snapshot: bool) -> None:
    """Delete the cluster, its network and its role, in whatever state they are; nothing which sparkify did not make."""
    wanted = _cluster()
    if not yes:
        lost = "" if final_snapshot else " and every row in it, without a snapshot"
        click.confirm(f"Delete the cluster {wanted.wanted.name}{lost}?", abort=True)
    wanted.down(click.echo, final_snapshot=final_snapshot)
    click.echo("Nothing of it is left." + (" Snapshots are billed until you delete them." if final_snapshot else ""))


@cluster.command()
@click.option(
    "--of",
    "whose",
    type=click.Choice(["operator", "runner", "role", "trust"]),
    default="operator",
    show_default=True,
    help="Whoever runs these commands; whoever runs the graph; the role which COPY uses; who may take that role.",
)
def policy(whose: str) -> None:
    """Print the least rights as an IAM policy; needs no account."""
    from sparkify_assets.cluster.policies import operator_policy, role_policy, runner_policy, trust_policy

    wanted = _cluster().wanted
    policies = {
        "operator": lambda: operator_policy(wanted),
        "runner": lambda: runner_policy(wanted),
        "role": lambda: role_policy(wanted),
        "trust": trust_policy,
    }
    click.echo(json.dumps(policies[whose](), indent=2))


def _cluster() -> "Cluster":
    from sparkify_assets.cluster.lifecycle import cluster_of

    return cluster_of(load_settings())


def _print_plan(planned: "Plan") -> None:
    for found in planned.found:
        click.echo(f"{found.what}: {found.state or 'not there'}")
    if planned.todo:
        click.echo("\n`sparkify cluster up` will:")
        for line in planned.todo:
            click.echo(f"  {line}")
    if planned.drift:
        click.echo("\nNot as the settings want it, and left as it is:")
        for line in planned.drift:
            click.echo(f"  {line}")
    click.echo(f"\nCost: {planned.price.says}\n")


def _print_described(found: "Described") -> None:
    setting = "SPARKIFY_REDSHIFT_WORKGROUP" if found.mode == "serverless" else "SPARKIFY_REDSHIFT_CLUSTER_IDENTIFIER"
    click.echo(f"{found.name} is {found.status}: {found.size}, database {found.database}")
    if found.host:
        click.echo(f"endpoint: {found.host}:{found.port}")
    click.echo(f"role: {found.default_role or 'none'}")
    click.echo(f"secret of {found.admin}: {found.secret_arn or 'none'}")
    click.echo(f"To build on it, set SPARKIFY_WAREHOUSE=redshift and {setting}={found.name}")
