"""The Dagster instance of a working folder, and all that touches private parts of Dagster."""
