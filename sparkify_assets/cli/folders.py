"""The folders which a run writes to."""

from pathlib import Path

from sparkify_assets.errors import SettingsError
from sparkify_assets.instance.folders import require_writable
from sparkify_assets.instance.home import dagster_home
from sparkify_assets.settings import PREFIX, Settings


def require_writable_folders(settings: Settings) -> None:
    """Raise SettingsError which names each folder that a run could not write, and the setting to change."""
    folders = written_folders(settings)
    if settings.warehouse == "duckdb":
        folders["database"] = (Path(settings.duckdb_path).absolute().parent, f"{PREFIX}DUCKDB_PATH")
    problems = []
    for folder, setting in folders.values():
        try:
            require_writable(folder, setting)
        except SettingsError as error:
            problems.append(str(error))
    if problems:
        raise SettingsError("\n".join(problems))


def written_folders(settings: Settings) -> dict[str, tuple[Path, str]]:
    """What is written beside the tables, for people: its folder, and the setting which moves it."""
    return {
        "reports": (Path(settings.report_folder).absolute(), f"{PREFIX}REPORT_FOLDER"),
        "Dagster instance": (dagster_home(), "DAGSTER_HOME"),
    }
