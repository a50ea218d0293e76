"""The state of all checks of all tables, read from Dagster's event log."""
