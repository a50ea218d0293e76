"""The production warehouse: Amazon Redshift."""
