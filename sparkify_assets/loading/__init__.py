"""From the lake to staging, and from staging to the star: each load is one transaction."""
