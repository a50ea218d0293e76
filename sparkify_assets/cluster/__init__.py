"""The cluster in AWS: role, network and a provisioned or serverless Redshift, from nothing and back to nothing."""
