"""The network: a security group which admits one CIDR, and the subnets where the cluster lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sparkify_assets.cluster.account import Account, tagged, unless_absent
from sparkify_assets.cluster.specification import PORT, ClusterSpecification, is_open
from sparkify_assets.cluster.steps import Found, Step
from sparkify_assets.errors import ClusterError

_MOST_SUBNETS = 20


class Network:
    """Subnets of one VPC: those of the settings, or all of the default VPC."""

    def __init__(self, account: Account, wanted: ClusterSpecification) -> None:
        self.account, self.wanted = account, wanted

    @cached_property
    def _subnets(self) -> list[dict[str, Any]]:
        ec2 = self.account.ec2
        if self.wanted.subnet_ids:
            found: list[dict[str, Any]] = ec2.describe_subnets(SubnetIds=self.wanted.subnet_ids)["Subnets"]
            vpcs = sorted({subnet["VpcId"] for subnet in found})
            if len(vpcs) > 1:
                raise ClusterError(
                    f"SPARKIFY_CLUSTER_SUBNET_IDS lie in several VPCs, {', '.join(vpcs)}; give subnets of one."
                )
            return found
        vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
        if not vpcs:
            raise ClusterError(
                f"The account has no default VPC in {self.account.region}. Give subnets of a VPC of yours in "
                "SPARKIFY_CLUSTER_SUBNET_IDS."
            )
        answer = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpcs[0]["VpcId"]]}])
        found = sorted(answer["Subnets"], key=lambda subnet: str(subnet["AvailabilityZone"]))[:_MOST_SUBNETS]
        if not found:
            raise ClusterError(
                f"The default VPC {vpcs[0]['VpcId']} has no subnets. Give subnets of a VPC of yours in "
                "SPARKIFY_CLUSTER_SUBNET_IDS."
            )
        return found

    @property
    def vpc_id(self) -> str:
        """The VPC."""
        return str(self._subnets[0]["VpcId"])

    @property
    def subnet_ids(self) -> list[str]:
        """The subnets, those of several zones where there are any."""
        return [str(subnet["SubnetId"]) for subnet in self._subnets]


@dataclass
class SecurityGroup(Step):
    """A security group which admits tcp/5439 from one CIDR."""

    network: Network

    def presence(self) -> Found:
        """By name and tag."""
        group = self._find()
        return Found(f"security group {self.wanted.group_name}", group["GroupId"] if group else "")

    def look(self) -> Found:
        """Who is admitted, next to the one CIDR which should be."""
        what = f"security group {self.wanted.group_name}"
        admit = f"admit {self.wanted.allowed_cidr} to tcp/{PORT}"
        group = self._find()
        if group is None:
            return Found(what, todo=(f"create the {what}", admit))
        doors = admitted(group)
        ours = f"{self.wanted.allowed_cidr} to tcp/{PORT}"
        drift = [f"the {what} also admits {door}" for door in doors if door != ours]
        return Found(what, group["GroupId"], todo=() if ours in doors else (admit,), drift=tuple(drift))

    @property
    def group_id(self) -> str:
        """Id of the group, which has to be there."""
        group = self._find()
        if group is None:
            raise ClusterError(f"The security group {self.wanted.group_name} is gone. Run `sparkify cluster up` again.")
        return str(group["GroupId"])

    def create(self) -> None:
        """The group, then its rule."""
        ec2 = self.account.ec2
        group = self._find() or ec2.create_security_group(
            GroupName=self.wanted.group_name,
            Description=f"Redshift {self.wanted.name}; made by sparkify cluster up",
            VpcId=self.network.vpc_id,
            TagSpecifications=[{"ResourceType": "security-group", "Tags": self.tags}],
        )
        if f"{self.wanted.allowed_cidr} to tcp/{PORT}" not in admitted(group):
            ec2.authorize_security_group_ingress(
                GroupId=group["GroupId"],
                IpPermissions=[
                    {
                        "IpProtocol": "tcp",
                        "FromPort": PORT,
                        "ToPort": PORT,
                        "IpRanges": [
                            {"CidrIp": self.wanted.allowed_cidr, "Description": "SPARKIFY_CLUSTER_ALLOWED_CIDR"}
                        ],
                    }
                ],
            )

    def delete(self) -> None:
        """The network interfaces of a deleted cluster hold it for a while."""
        group = self._find()
        if group is None:
            return
        self.waiting.retried(
            f"security group {self.wanted.group_name}",
            lambda: self.account.ec2.delete_security_group(GroupId=group["GroupId"]),
            {"DependencyViolation": ""},
        )

    def _find(self) -> dict[str, Any] | None:
        """By name and tag: a group of that name without the tag is somebody else's, and stays."""
        key, value = self.wanted.tag
        filters = [
            {"Name": "group-name", "Values": [self.wanted.group_name]},
            {"Name": f"tag:{key}", "Values": [value]},
        ]
        groups = self.account.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
        return groups[0] if groups else None


@dataclass
class SubnetGroup(Step):
    """The subnets of a provisioned cluster."""

    network: Network

    def presence(self) -> Found:
        """By name."""
        group = self._find()
        ours = group is None or tagged(group.get("Tags")).get(self.wanted.tag[0]) == self.wanted.tag[1]
        return Found(f"subnet group {self.wanted.group_name}", "there" if group else "", ours)

    def look(self) -> Found:
        """Its subnets, next to those of the settings."""
        what = f"subnet group {self.wanted.group_name}"
        group = self._find()
        if group is None:
            return Found(what, todo=(f"create the {what} of {', '.join(self.network.subnet_ids)}",))
        held = sorted(subnet["SubnetIdentifier"] for subnet in group["Subnets"])
        wanted = sorted(self.wanted.subnet_ids)
        drift = (f"the {what} has the subnets {', '.join(held)}, not {', '.join(wanted)}",)
        return Found(what, "there", drift=drift if wanted and held != wanted else ())

    def create(self) -> None:
        """The group of the network's subnets."""
        self.account.redshift.create_cluster_subnet_group(
            ClusterSubnetGroupName=self.wanted.group_name,
            Description=f"Redshift {self.wanted.name}; made by sparkify cluster up",
            SubnetIds=self.network.subnet_ids,
            Tags=self.tags,
        )

    def delete(self) -> None:
        """The cluster must be gone."""
        if self._find() is not None:
            self.account.redshift.delete_cluster_subnet_group(ClusterSubnetGroupName=self.wanted.group_name)

    def _find(self) -> dict[str, Any] | None:
        answer = unless_absent(
            lambda: self.account.redshift.describe_cluster_subnet_groups(ClusterSubnetGroupName=self.wanted.group_name),
            "ClusterSubnetGroupNotFoundFault",
        )
        return answer and answer["ClusterSubnetGroups"][0]


def admitted(group: Mapping[str, Any]) -> list[str]:
    """Who may reach which ports through a security group, such as `10.0.0.0/8 to tcp/5439`."""
    doors = []
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
        doors += [f"{source} to {protocol}{ports}" for source in sources]
    return doors


def open_doors(account: Account, group_ids: list[str]) -> list[str]:
    """Rules of these groups which let the world in, with the group in front."""
    if not group_ids:
        return []
    found = account.ec2.describe_security_groups(GroupIds=group_ids)["SecurityGroups"]
    return [f"{group['GroupId']} admits {door}" for group in found for door in admitted(group) if _is_open(door)]


def _is_open(door: str) -> bool:
    source = door.split(" ", 1)[0]
    return "/" in source and is_open(source)
