"""What Dagster sees, a folder per subject."""
