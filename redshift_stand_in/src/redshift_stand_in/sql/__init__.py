"""Redshift's SQL in PostgreSQL."""
