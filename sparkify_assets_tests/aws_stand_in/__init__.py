"""An AWS on this machine, which misbehaves where moto is too kind.

moto keeps roles, networks, buckets, secrets and clusters; this front stands before it and adds what moto lacks:

- provisioned.py: states which last some looks, no endpoint while creating, managed passwords, default role,
  refusals by state, node types which can be had, the rule of the final snapshot;
- serverless.py: a tiny redshift-serverless, of which moto has nothing;
- network.py: a security group or a subnet group which is in use cannot be deleted;
- rights.py: resources and conditions of policies, iam:PassRole and what AWS does in the caller's name. moto's own
  enforcement, which knows actions only, runs behind it.

`python -m sparkify_assets_tests.aws_stand_in` starts one and says what to set.
"""
