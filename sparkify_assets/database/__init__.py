"""An operational PostgreSQL database as a source: its tables, read in one snapshot, as Parquet files of the lake."""
