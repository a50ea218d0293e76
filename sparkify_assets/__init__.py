"""Sparkify's listening warehouse as Dagster software-defined assets."""

import warnings

# Back-fills as a single run are what makes a month one run. Dagster calls the parameter beta, once per asset.
warnings.filterwarnings("ignore", message=r"(?s).* is currently in beta")
