"""Sparkify's listening warehouse as Dagster software-defined assets."""

import warnings

# Back-fills as a single run are what makes a month one run. Dagster calls the parameter beta, once per asset.
# The loading of definitions from a folder is in preview.
warnings.filterwarnings("ignore", message=r"(?s).* is currently in (beta|preview)")
