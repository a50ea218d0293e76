"""The buckets of the lake and of the work prefix: private, encrypted, open to TLS alone, without versions."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sparkify_assets.cluster.aws import client, none_if_absent, session, translate_aws_errors
from sparkify_assets.errors import ClusterError
from sparkify_assets.lake.s3_uri import bucket_and_prefix
from sparkify_assets.settings import Settings

Say = Callable[[str], None]

_FIRST_REGION = "us-east-1"
_PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


def buckets_of(settings: Settings) -> list[str]:
    """The buckets which the settings name; raises SettingsError if the lake is not in S3."""
    locations = {"SPARKIFY_LAKE": settings.lake} | (
        {"SPARKIFY_WORK_URI": settings.work_uri} if settings.work_uri else {}
    )
    return list(dict.fromkeys(bucket_and_prefix(name, uri)[0] for name, uri in locations.items()))


def create_missing(buckets: list[str], say: Say) -> None:
    """Create the buckets which are missing, in the region of this process, and say what became of each.

    An empty bucket is completed, so that a run which was killed can be repeated. One which holds objects is left as
    it is, and what is unlike our own is said. Raises ClusterError if AWS refuses something, or if a bucket belongs to
    another account or is in another region.
    """
    with translate_aws_errors():
        for name in buckets:
            _Bucket(name, str(session().region_name or _FIRST_REGION)).create(say)


@dataclass(frozen=True)
class _Bucket:
    name: str
    region: str

    def create(self, say: Say) -> None:
        if not self._exists():
            place = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
            where = {} if self.region == _FIRST_REGION else place
            client("s3").create_bucket(Bucket=self.name, ObjectOwnership="BucketOwnerEnforced", **where)
            say(f"{self.name} is created in {self.region}.")
        elif self._holds_objects():
            for problem in self._problems():
                say(f"{self.name} {problem}; it holds objects, and is left as it is.")
            say(f"{self.name} is there.")
            return
        client("s3").put_public_access_block(Bucket=self.name, PublicAccessBlockConfiguration=_PRIVATE)
        client("s3").put_bucket_encryption(Bucket=self.name, ServerSideEncryptionConfiguration=_ENCRYPTED)
        client("s3").put_bucket_policy(Bucket=self.name, Policy=json.dumps(self._tls_only()))
        say(f"{self.name} is private, encrypted, and open to TLS alone.")

    def _exists(self) -> bool:
        from botocore.exceptions import ClientError

        try:
            found = none_if_absent(lambda: client("s3").head_bucket(Bucket=self.name), "404", "NoSuchBucket")
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 403:
                raise ClusterError(
                    f"The bucket {self.name} belongs to another account, or this identity lacks the right "
                    "s3:ListBucket. Choose another name in SPARKIFY_LAKE or SPARKIFY_WORK_URI, or give it the policy "
                    "which `sparkify cluster policy --of uploader` prints."
                ) from error
            raise
        if found is None:
            return False
        place = client("s3").get_bucket_location(Bucket=self.name)["LocationConstraint"] or _FIRST_REGION
        if place != self.region:
            raise ClusterError(
                f"The bucket {self.name} is in {place}, and this process works in {self.region}. Set AWS_REGION, or "
                "choose another bucket: a cluster pays for what it reads from another region."
            )
        return True

    def _holds_objects(self) -> bool:
        return bool(client("s3").list_objects_v2(Bucket=self.name, MaxKeys=1).get("KeyCount"))

    def _problems(self) -> Iterator[str]:
        blocked = none_if_absent(
            lambda: client("s3").get_public_access_block(Bucket=self.name), "NoSuchPublicAccessBlockConfiguration"
        )
        if not blocked or blocked["PublicAccessBlockConfiguration"] != _PRIVATE:
            yield "does not block public access"
        policy = none_if_absent(lambda: client("s3").get_bucket_policy(Bucket=self.name), "NoSuchBucketPolicy")
        if not policy or "aws:SecureTransport" not in policy["Policy"]:
            yield "takes requests without TLS"

    def _tls_only(self) -> dict[str, Any]:
        arn = f"arn:aws:s3:::{self.name}"
        statement = {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return {"Version": "2012-10-17", "Statement": [statement]}
