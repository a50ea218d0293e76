"""The secret which AWS makes for a managed admin password, and deletes with the cluster."""

import json
from secrets import token_urlsafe

from moto.secretsmanager.models import secretsmanager_backends

from sparkify_assets_tests.aws_stand_in.calls import ACCOUNT


def make_secret(region: str, name: str, admin: str) -> str:
    """Its ARN."""
    text = json.dumps({"username": admin, "password": f"Aa1{token_urlsafe(24)}"})
    made = secretsmanager_backends[ACCOUNT][region].create_secret(
        name=f"redshift!{name}-{admin}",
        secret_string=text,
        secret_binary=None,
        description=None,
        tags=None,
        kms_key_id=None,
        client_request_token=None,
        replica_regions=[],
        force_overwrite=False,
    )
    return str(json.loads(made)["ARN"])


def delete_secret(region: str, arn: str) -> None:
    if arn:
        secretsmanager_backends[ACCOUNT][region].delete_secret(arn, None, True)
