"""The cluster in AWS: role, network and a provisioned or serverless Redshift."""
