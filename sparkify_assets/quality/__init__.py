"""All asset checks of all tables in one model, read from Dagster's event log."""
