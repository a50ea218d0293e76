"""The life of a cluster: planned, up, paused, resumed, down."""

from dataclasses import dataclass

import dagster as dg

from sparkify_assets.cluster.account import account, explained
from sparkify_assets.cluster.described import Described
from sparkify_assets.cluster.health import Finding, examine
from sparkify_assets.cluster.network import Network, SecurityGroup, SubnetGroup
from sparkify_assets.cluster.prices import Price, price
from sparkify_assets.cluster.provisioned import ProvisionedCluster
from sparkify_assets.cluster.role import Role
from sparkify_assets.cluster.serverless import Namespace, Workgroup
from sparkify_assets.cluster.specification import ClusterSpecification, specification
from sparkify_assets.cluster.steps import Found, Step
from sparkify_assets.cluster.waiting import Tell, Waiting
from sparkify_assets.errors import ClusterError
from sparkify_assets.settings import Settings


@dataclass(frozen=True)
class Plan:
    """What there is, what `up` would do, what has drifted, and what it costs."""

    found: tuple[Found, ...]
    price: Price

    @property
    def todo(self) -> list[str]:
        """What `up` would do, in order."""
        return [line for found in self.found for line in found.todo]

    @property
    def drift(self) -> list[str]:
        """What is not as the settings want it, and stays so."""
        return [line for found in self.found for line in found.drift]


@dataclass(frozen=True)
class _Steps:
    """The steps in the order in which they are made; the last one answers queries."""

    before: list[Step]
    last: ProvisionedCluster | Workgroup

    @property
    def all(self) -> list[Step]:
        return [*self.before, self.last]


class Cluster(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The wanted cluster and what can be done with it.

    `managed` says whether runs create what is missing. Every method raises ClusterError or SettingsError.
    """

    wanted: ClusterSpecification
    managed: bool = False
    poll_seconds: float = 15
    wait_minutes: float = 60

    def plan(self, *, from_snapshot: str = "", force_open: bool = False) -> Plan:
        """Look at everything; nothing is created."""
        self.wanted.check(force_open=force_open)
        with explained():
            steps = self._steps(_silent, from_snapshot).all
            for step in steps:
                step.refuse()
            return Plan(tuple(step.look() for step in steps), price(self.wanted, account().region))

    def status(self) -> tuple[Plan, Described | None]:
        """Look at everything, also what `up` would refuse."""
        with explained():
            steps = self._steps(_silent)
            found = tuple(step.look() for step in steps.all)
            return Plan(found, price(self.wanted, account().region)), steps.last.describe()

    def up(self, tell: Tell, *, from_snapshot: str = "", force_open: bool = False) -> Described:
        """Create what is missing, wait until it is available, tell the drift."""
        self.wanted.check(force_open=force_open)
        with explained():
            steps = self._steps(tell, from_snapshot)
            for step in steps.all:
                step.refuse()
            for step in steps.all:
                found = step.look()
                for line in found.todo:
                    tell(line)
                if found.todo:
                    step.create()
                for line in found.drift:
                    tell(f"Drift: {line}")
            steps.last.finish()
            return self._there(steps.last.describe())

    def pause(self, tell: Tell) -> None:
        """Stop the nodes, and their price; nothing happens to a paused one."""
        with explained():
            self._steps(tell).last.pause()

    def resume(self, tell: Tell) -> None:
        """Start the nodes again and wait for them; nothing happens to a running one."""
        with explained():
            self._steps(tell).last.resume()

    def down(self, tell: Tell, *, final_snapshot: bool = True) -> None:
        """Delete what carries our tag, the last made first; nothing at all if something of it is not ours."""
        with explained():
            steps = self._steps(tell, final_snapshot=final_snapshot).all
            for step in steps:
                step.refuse_others()
            for step in reversed(steps):
                found = step.presence()
                if found.exists:
                    tell(f"delete the {found.what}")
                    step.delete()

    def describe(self) -> Described | None:
        """Endpoint, role and secret as AWS has them; None if there is no such cluster."""
        with explained():
            return self._steps(_silent).last.describe()

    def endpoint(self) -> Described:
        """The same, for whoever wants to connect: it has an address."""
        return self._there(self.describe())

    def health(self) -> list[Finding]:
        """Every rule of safety, looked at in AWS."""
        with explained():
            return examine(account(), self.wanted, self._steps(_silent).last.describe())

    def _steps(self, tell: Tell, from_snapshot: str = "", *, final_snapshot: bool = True) -> _Steps:
        waiting = Waiting(self.poll_seconds, self.wait_minutes * 60, tell)
        aws, wanted = account(), self.wanted
        network = Network(aws, wanted)
        role = Role(aws, wanted, waiting)
        group = SecurityGroup(aws, wanted, waiting, network)
        if wanted.mode == "provisioned":
            subnets = SubnetGroup(aws, wanted, waiting, network)
            cluster = ProvisionedCluster(aws, wanted, waiting, role, group, from_snapshot, final_snapshot)
            return _Steps([role, group, subnets], cluster)
        namespace = Namespace(aws, wanted, waiting, role, from_snapshot, final_snapshot)
        return _Steps([role, group, namespace], Workgroup(aws, wanted, waiting, namespace, group, network))

    def _there(self, found: Described | None) -> Described:
        if found is None:
            raise ClusterError(
                f"There is no {self.wanted.mode} Redshift {self.wanted.name}. Create it: sparkify cluster up"
            )
        if not found.host:
            raise ClusterError(f"{found.name} is {found.status} and has no address yet. Look: sparkify cluster status")
        return found


def cluster_of(chosen: Settings) -> Cluster:
    """The cluster which the settings ask for."""
    return Cluster(
        wanted=specification(chosen),
        managed=chosen.cluster_managed,
        poll_seconds=chosen.cluster_poll_seconds,
        wait_minutes=chosen.cluster_wait_minutes,
    )


def _silent(_: str) -> None:
    """Nobody listens."""
