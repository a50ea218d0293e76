"""The dashboard of all checks, and the listening report."""
