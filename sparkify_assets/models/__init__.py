"""What `sql/` says: tables, checks, lineage."""
