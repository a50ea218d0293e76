"""`python -m sparkify_assets` is the command `sparkify`."""

from sparkify_assets.cli.main import program

program()
