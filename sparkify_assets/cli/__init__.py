"""The command `sparkify`: main.py and a module per command."""
