"""Asset checks: those derived from the declared keys, and those of `sql/checks/`."""
