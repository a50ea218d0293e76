"""The warehouse itself, and its cluster in AWS."""
