"""The tables of `sql/`, with their jobs and schedules."""
