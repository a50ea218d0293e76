"""Proves on the user's own warehouse what no document promises: the same tables, and how the engine behaves."""
