"""An AWS on this machine, stricter than moto.

moto keeps roles, networks, buckets, secrets and clusters; this front adds what moto lacks:

- provisioned.py: states which last some polls, no endpoint while creating, managed passwords, default role,
  refusals by state, the node types on offer, the rule of the final snapshot;
- serverless.py: a tiny redshift-serverless, of which moto has nothing;
- network.py: a security group or a subnet group which is in use cannot be deleted;
- rights.py: resources and conditions of policies, iam:PassRole and what AWS does in the caller's name. moto's own
  enforcement, which knows actions only, runs behind it.

`python -m sparkify_assets_tests.aws_stand_in` starts one and says what to set.
"""
