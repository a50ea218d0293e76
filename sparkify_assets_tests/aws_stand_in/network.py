"""A security group which something uses cannot be deleted; its network interfaces outlive a cluster for a while."""

from moto.ec2.models import ec2_backends
from moto.redshift.models import redshift_backends

from sparkify_assets_tests.aws_stand_in.calls import ACCOUNT, Answer, Call, refusal
from sparkify_assets_tests.aws_stand_in.serverless import Serverless


class Network:
    def __init__(self, serverless: Serverless) -> None:
        self.serverless = serverless
        self.busy_deletions = 0

    def refused(self, call: Call) -> Answer | None:
        if call.action != "DeleteSecurityGroup":
            return None
        group = call.get("GroupId")
        clusters = redshift_backends[ACCOUNT][call.region].clusters.values()
        used = any(group in cluster.vpc_security_group_ids for cluster in clusters) or any(
            group in workgroup.description["securityGroupIds"] for workgroup in self.serverless.workgroups.values()
        )
        if not used and self.busy_deletions <= 0:
            return None
        self.busy_deletions -= 0 if used else 1
        return refusal(call, "DependencyViolation", f"resource {group} has a dependent object")

    def tags_of(self, call: Call, group_id: str) -> dict[str, str]:
        found = ec2_backends[ACCOUNT][call.region].get_security_group_from_id(group_id)
        return {tag["key"]: tag["value"] for tag in found.get_tags()} if found else {}
