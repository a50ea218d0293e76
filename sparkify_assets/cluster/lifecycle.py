"""The life of a cluster: plan, up, pause, resume, down."""

from dataclasses import dataclass, field, replace

import dagster as dg

from sparkify_assets.cluster.aws import client, translate_aws_errors
from sparkify_assets.cluster.descriptions import ClusterDescription
from sparkify_assets.cluster.health import HealthResult, evaluate
from sparkify_assets.cluster.network import SecurityGroup, SubnetGroup
from sparkify_assets.cluster.node_types import cheaper_choices, with_node_type
from sparkify_assets.cluster.prices import Price, price
from sparkify_assets.cluster.provisioned import ProvisionedCluster
from sparkify_assets.cluster.resources import Resource, ResourceState
from sparkify_assets.cluster.role import Role
from sparkify_assets.cluster.serverless import Namespace, Workgroup
from sparkify_assets.cluster.specification import ClusterSpecification, specification
from sparkify_assets.cluster.waiting import Log, Waiting
from sparkify_assets.errors import ClusterError
from sparkify_assets.settings import Settings


@dataclass(frozen=True)
class Plan:
    """The resources, what `up` would do, what differs from the settings, and what it costs.

    `cheaper` are other choices, as long as there is no cluster.
    """

    resources: tuple[ResourceState, ...]
    price: Price
    cheaper: list[str] = field(default_factory=list)

    @property
    def todo(self) -> list[str]:
        """What `up` would do, in order."""
        return [line for resource in self.resources for line in resource.todo]

    @property
    def drift(self) -> list[str]:
        """What differs from the settings; `up` leaves it as it is."""
        return [line for resource in self.resources for line in resource.drift]


class Cluster(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The cluster of the settings and its lifecycle. Every method raises ClusterError or SettingsError.

    `managed` says whether runs create what is missing.
    """

    spec: ClusterSpecification
    managed: bool = False
    poll_seconds: float = 15
    wait_minutes: float = 60

    def plan(self, *, from_snapshot: str = "", force_open: bool = False) -> Plan:
        """Inspect everything and raise what `up` would raise; nothing is created."""
        self.spec.validate_settings(force_open=force_open)
        with translate_aws_errors():
            spec = with_node_type(self.spec)
            resources, _ = self._resources(_silent, from_snapshot, spec=spec)
            for resource in resources:
                resource.validate()
            plan = self._plan(spec, resources)
            return plan if plan.resources[-1].status else replace(plan, cheaper=cheaper_choices(spec))

    def status(self) -> tuple[Plan, ClusterDescription | None]:
        """Inspect everything, whether `up` would accept it or not."""
        with translate_aws_errors():
            spec = with_node_type(self.spec)
            resources, warehouse = self._resources(_silent, spec=spec)
            return self._plan(spec, resources), warehouse.describe()

    def up(self, log: Log, *, from_snapshot: str = "", force_open: bool = False) -> ClusterDescription:
        """Create what is missing, wait until it is available, and log the drift."""
        self.spec.validate_settings(force_open=force_open)
        with translate_aws_errors():
            resources, warehouse = self._resources(log, from_snapshot, spec=with_node_type(self.spec))
            for resource in resources:
                resource.validate()
            for resource in resources:
                state = resource.inspect()
                for line in state.todo:
                    log(line)
                if state.todo:
                    resource.create()
                for line in state.drift:
                    log(f"Drift: {line}")
            warehouse.finish()
            return self._require_endpoint(warehouse.describe())

    def pause(self, log: Log) -> None:
        """Stop the nodes, and their cost; does nothing to a paused cluster."""
        with translate_aws_errors():
            self._resources(log)[1].pause()

    def resume(self, log: Log) -> None:
        """Start the nodes again and wait for them; does nothing to a running cluster."""
        with translate_aws_errors():
            self._resources(log)[1].resume()

    def down(self, log: Log, *, final_snapshot: bool = True) -> None:
        """Delete what has our tag, in reverse order; nothing at all if any part of it is not ours."""
        with translate_aws_errors():
            resources, _ = self._resources(log, final_snapshot=final_snapshot)
            for resource in resources:
                resource.require_owned()
            for resource in reversed(resources):
                if resource.find() is not None:
                    log(f"delete the {resource.label}")
                    resource.delete()

    def describe(self) -> ClusterDescription | None:
        """Endpoint, role and secret, as AWS describes them; None if there is no such cluster."""
        with translate_aws_errors():
            return self._resources(_silent)[1].describe()

    def endpoint(self) -> ClusterDescription:
        """The description of a cluster with an address; raises ClusterError if it has none."""
        return self._require_endpoint(self.describe())

    def health(self) -> list[HealthResult]:
        """The result of every rule of safety."""
        found = self.describe()
        with translate_aws_errors():
            return evaluate(self.spec, found)

    def _plan(self, spec: ClusterSpecification, resources: list[Resource]) -> Plan:
        states = tuple(resource.inspect() for resource in resources)
        return Plan(states, price(spec, client("redshift").meta.region_name))

    def _resources(
        self,
        log: Log,
        from_snapshot: str = "",
        *,
        final_snapshot: bool = True,
        spec: ClusterSpecification | None = None,
    ) -> tuple[list[Resource], ProvisionedCluster | Workgroup]:
        """All resources in the order of their creation; the last one, which answers queries, also alone."""
        waiting = Waiting(self.poll_seconds, self.wait_minutes * 60, log)
        spec = spec or self.spec
        role, group = Role(spec, waiting), SecurityGroup(spec, waiting)
        if spec.mode == "provisioned":
            cluster = ProvisionedCluster(spec, waiting, role, from_snapshot, final_snapshot, group)
            return [role, group, SubnetGroup(spec, waiting), cluster], cluster
        namespace = Namespace(spec, waiting, role, from_snapshot, final_snapshot)
        workgroup = Workgroup(spec, waiting, namespace, group)
        return [role, group, namespace, workgroup], workgroup

    def _require_endpoint(self, found: ClusterDescription | None) -> ClusterDescription:
        if found is None:
            raise ClusterError(
                f"There is no {self.spec.mode} Redshift {self.spec.name}. Create it: sparkify cluster up"
            )
        if not found.host:
            raise ClusterError(f"{found.name} is {found.status} and has no address yet. See: sparkify cluster status")
        return found


def cluster_of(settings: Settings) -> Cluster:
    """The cluster of the settings."""
    return Cluster(
        spec=specification(settings),
        managed=settings.cluster_managed,
        poll_seconds=settings.cluster_poll_seconds,
        wait_minutes=settings.cluster_wait_minutes,
    )


def _silent(_: str) -> None:
    """Log nothing."""
