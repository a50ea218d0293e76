"""The network: the subnets of the cluster, and a security group which admits one CIDR."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sparkify_assets.cluster.aws import client, tag_list
from sparkify_assets.cluster.resources import Description, Resource
from sparkify_assets.cluster.specification import PORT, TAG, ClusterSpecification, is_world_open
from sparkify_assets.errors import ClusterError

_MOST_SUBNETS = 20


def find_subnets(spec: ClusterSpecification) -> list[Description]:
    """Subnets of one VPC: those of the settings, or those of the default VPC."""
    ec2 = client("ec2")
    if spec.subnet_ids:
        found: list[Description] = ec2.describe_subnets(SubnetIds=spec.subnet_ids)["Subnets"]
        vpcs = sorted({subnet["VpcId"] for subnet in found})
        if len(vpcs) > 1:
            raise ClusterError(
                f"SPARKIFY_CLUSTER_SUBNET_IDS are in several VPCs, {', '.join(vpcs)}; give subnets of one."
            )
        return found
    hint = "Give subnets of another VPC in SPARKIFY_CLUSTER_SUBNET_IDS."
    defaults = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    if not defaults:
        raise ClusterError(f"The account has no default VPC in {ec2.meta.region_name}. {hint}")
    vpc = defaults[0]["VpcId"]
    found = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    if not found:
        raise ClusterError(f"The default VPC {vpc} has no subnets. {hint}")
    return sorted(found, key=lambda subnet: str(subnet["AvailabilityZone"]))[:_MOST_SUBNETS]


def subnet_ids(spec: ClusterSpecification) -> list[str]:
    """Ids of the subnets."""
    return [subnet["SubnetId"] for subnet in find_subnets(spec)]


class SecurityGroup(Resource):
    """A security group which admits tcp/5439 from one CIDR. AWS gives it no status: its id is shown instead."""

    kind = "security group"
    suffix = "-redshift"

    @property
    def group_id(self) -> str:
        """Its id; empty if it does not exist."""
        found = self.find()
        return str(found["GroupId"]) if found else ""

    def _find(self) -> Description | None:
        """By name and tag: a group of that name without the tag is not ours, and stays."""
        filters = [
            {"Name": "group-name", "Values": [self.name]},
            {"Name": f"tag:{TAG}", "Values": [self.spec.name]},
        ]
        groups = client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
        return groups[0] if groups else None

    def create(self) -> None:
        """The group, then its rule."""
        ec2, cidr = client("ec2"), self.spec.allowed_cidr
        group = self.find() or ec2.create_security_group(
            GroupName=self.name,
            Description=f"Redshift {self.spec.name}; created by sparkify cluster up",
            VpcId=find_subnets(self.spec)[0]["VpcId"],
            TagSpecifications=[{"ResourceType": "security-group", "Tags": tag_list(self.spec.tags)}],
        )
        if self._own_rule not in ingress_rules(group):
            rule = {
                "IpProtocol": "tcp",
                "FromPort": PORT,
                "ToPort": PORT,
                "IpRanges": [{"CidrIp": cidr, "Description": "SPARKIFY_CLUSTER_ALLOWED_CIDR"}],
            }
            ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[rule])

    def delete(self) -> None:
        """The network interfaces of a deleted cluster use it for a while."""
        if found := self.find():
            delete = partial(client("ec2").delete_security_group, GroupId=found["GroupId"])
            self.waiting.retry(self.label, delete, {"DependencyViolation": ""})

    @property
    def _own_rule(self) -> str:
        return f"{self.spec.allowed_cidr} to tcp/{PORT}"

    def _creation(self) -> list[str]:
        return [f"create the {self.label}", f"admit {self._own_rule}"]

    def _missing(self, found: Description) -> list[str]:
        return [] if self._own_rule in ingress_rules(found) else [f"admit {self._own_rule}"]

    def _drift(self, found: Description) -> list[str]:
        return [f"it also admits {rule}" for rule in ingress_rules(found) if rule != self._own_rule]

    def _status_of(self, found: Description) -> str:
        return str(found["GroupId"])


class SubnetGroup(Resource):
    """The subnets of a provisioned cluster."""

    kind = "subnet group"
    suffix = "-redshift"
    absent_code = "ClusterSubnetGroupNotFound"

    def create(self) -> None:
        """The group of the network's subnets."""
        client("redshift").create_cluster_subnet_group(
            ClusterSubnetGroupName=self.name,
            Description=f"Redshift {self.spec.name}; created by sparkify cluster up",
            SubnetIds=subnet_ids(self.spec),
            Tags=tag_list(self.spec.tags),
        )

    def delete(self) -> None:
        """The cluster must be gone."""
        if self.find() is not None:
            client("redshift").delete_cluster_subnet_group(ClusterSubnetGroupName=self.name)

    def _find(self) -> Description:
        answer = client("redshift").describe_cluster_subnet_groups(ClusterSubnetGroupName=self.name)
        group: Description = answer["ClusterSubnetGroups"][0]
        return group

    def _creation(self) -> list[str]:
        return [f"create the {self.label} of {', '.join(subnet_ids(self.spec))}"]

    def _drift(self, found: Description) -> list[str]:
        actual = sorted(subnet["SubnetIdentifier"] for subnet in found["Subnets"])
        expected = sorted(self.spec.subnet_ids)
        if not expected or actual == expected:
            return []
        return [f"it has the subnets {', '.join(actual)}, not {', '.join(expected)}"]


def ingress_rules(group: Mapping[str, Any]) -> list[str]:
    """The ingress rules of a security group, such as `10.0.0.0/8 to tcp/5439`."""
    rules = []
    for rule in group.get("IpPermissions", []):
        first, last = rule.get("FromPort"), rule.get("ToPort")
        ports = "" if first is None else f"/{first}" if first == last else f"/{first}-{last}"
        protocol = "all" if rule["IpProtocol"] == "-1" else rule["IpProtocol"]
        sources = [
            *(source["CidrIp"] for source in rule.get("IpRanges", [])),
            *(source["CidrIpv6"] for source in rule.get("Ipv6Ranges", [])),
            *(source["GroupId"] for source in rule.get("UserIdGroupPairs", [])),
            *(source["PrefixListId"] for source in rule.get("PrefixListIds", [])),
        ]
        rules += [f"{source} to {protocol}{ports}" for source in sources]
    return rules


def world_open_rules(group_ids: list[str]) -> list[str]:
    """The ingress rules of these groups which admit the whole internet, each with its group."""
    if not group_ids:
        return []
    groups = client("ec2").describe_security_groups(GroupIds=group_ids)["SecurityGroups"]
    return [
        f"{group['GroupId']} admits {rule}"
        for group in groups
        for rule in ingress_rules(group)
        if "/" in (source := rule.split(" ", 1)[0]) and is_world_open(source)
    ]
