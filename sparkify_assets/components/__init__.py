"""Building blocks of the definitions: a folder of SQL as assets and checks."""
