"""The PostgreSQL underneath: its server, connections to it, and what it has to learn to answer like Redshift."""
