"""Which type of nodes a cluster has, and what would cost less."""

from sparkify_assets.cluster.aws import client, none_if_absent
from sparkify_assets.cluster.prices import NODE_HOUR, cheapest, price
from sparkify_assets.cluster.specification import ClusterSpecification
from sparkify_assets.errors import ClusterError

# Counterparts by name and step of the price; what each has is on AWS's price page.
_SUCCESSORS = {
    "ra3.large": "rg.large",
    "ra3.xlplus": "rg.xlarge",
    "ra3.4xlarge": "rg.4xlarge",
    "ra3.16xlarge": "rg.12xlarge",
}


def with_node_type(spec: ClusterSpecification) -> ClusterSpecification:
    """The specification with a type of nodes, where the settings name none.

    It is that of the cluster, if there is one, else the cheapest which the account may order. Raises ClusterError if
    AWS offers none of a known price.
    """
    if spec.mode != "provisioned" or spec.node_type:
        return spec
    redshift = client("redshift")
    found = none_if_absent(lambda: redshift.describe_clusters(ClusterIdentifier=spec.name), "ClusterNotFound")
    if found:
        return spec.model_copy(update={"node_type": found["Clusters"][0]["NodeType"]})
    known = NODE_HOUR.keys() & orderable_types()
    if not known:
        raise ClusterError(
            f"None of {', '.join(NODE_HOUR)} is offered to this account in {redshift.meta.region_name}. Choose one in "
            "SPARKIFY_CLUSTER_NODE_TYPE, or SPARKIFY_CLUSTER_MODE=serverless."
        )
    return spec.model_copy(update={"node_type": cheapest(known)})


def orderable_types() -> set[str]:
    """The types which AWS offers to the account in this region."""
    pages = client("redshift").get_paginator("describe_orderable_cluster_options").paginate()
    return {option["NodeType"] for page in pages for option in page["OrderableClusterOptions"]}


def cheaper_choices(spec: ClusterSpecification) -> list[str]:
    """What costs less than a provisioned cluster, each with its setting."""
    own = price(spec, "")
    successor = _SUCCESSORS.get(spec.node_type, "")
    if spec.mode != "provisioned" or own.hour is None or own.month is None:
        return []
    choices = []
    if successor in orderable_types():
        hour = NODE_HOUR[successor] * spec.nodes
        choices.append(f"{successor} x {spec.nodes} for {hour} USD an hour: SPARKIFY_CLUSTER_NODE_TYPE={successor}")
    serverless = price(spec.model_copy(update={"mode": "serverless"}), "").hour
    if serverless:
        choices.append(
            f"serverless with {spec.rpu} RPU, if queries run for less than {own.month / serverless:.0f} hours a month: "
            "SPARKIFY_CLUSTER_MODE=serverless"
        )
    return choices
