"""A project of its own on this platform: the folder of SPARKIFY_PROJECT, with `sql/` and `defs/`.

It brings its tables; the warehouse, the lake, jobs, the quality dashboard and notifications are those of Sparkify.
"""

from pathlib import Path
from types import ModuleType

import dagster as dg

from sparkify_assets.defs.quality.assets import quality_dashboard
from sparkify_assets.defs.quality.jobs import refresh_quality
from sparkify_assets.defs.quality.sensors import refresh_quality_sensor
from sparkify_assets.defs.tables.jobs import reset_warehouse, sparkify_etl
from sparkify_assets.defs.tables.sensors import dead_runs, old_runs
from sparkify_assets.errors import SettingsError
from sparkify_assets.quality.checked_tables import checked_tables
from sparkify_assets.settings import PREFIX, Settings

SHARED_SUBJECTS = ("cluster", "notifications", "resources.py")
"""Those of `defs/` which know nothing of Sparkify's tables."""


def project_definitions(settings: Settings) -> dg.Definitions:
    """What the project adds to the shared subjects; raises SettingsError if the folder holds none."""
    folder = Path(settings.project).resolve() / "defs"
    subjects = sorted(path.parent.name for path in folder.glob("*/defs.yaml"))
    if not subjects or not (folder.parent / "sql").is_dir():
        raise SettingsError(
            f"{PREFIX}PROJECT={settings.project} is no project: it needs sql/<folder>/<table>.sql and "
            "defs/<folder>/defs.yaml."
        )
    module = ModuleType("project_defs")
    module.__file__, module.__path__ = str(folder / "__init__.py"), [str(folder)]
    tree = dg.ComponentTree(defs_module=module, project_root=folder.parent)
    own = dg.Definitions.merge(*(tree.build_defs(subject) for subject in subjects))
    checked = checked_tables(own.assets or (), own.asset_checks or ())
    return dg.Definitions.merge(
        own,
        dg.Definitions(
            assets=[quality_dashboard(checked, settings)],
            jobs=[sparkify_etl, refresh_quality, reset_warehouse],
            sensors=[
                dead_runs(settings.notify_webhook),
                old_runs(settings.keep_runs_days),
                refresh_quality_sensor,
            ],
        ),
    )
