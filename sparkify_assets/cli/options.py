"""What options of several commands share."""

import click

DAY = click.DateTime(formats=["%Y-%m-%d"])
