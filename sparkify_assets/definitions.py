"""What `dagster` loads: the platform with the settings of this process."""

from sparkify_assets.defs.platform import build_definitions
from sparkify_assets.settings import load_settings

defs = build_definitions(load_settings())
