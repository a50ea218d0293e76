"""The folders which a run writes to."""

from pathlib import Path

from sparkify_assets.errors import SettingsError
from sparkify_assets.instance.folders import require_writable
from sparkify_assets.instance.home import dagster_home
from sparkify_assets.settings import PREFIX, Settings


def require_writable_folders(settings: Settings) -> None:
    """Raise SettingsError which names each folder that a run could not write, and the setting to change."""
    folders = [report_folder(settings), (dagster_home(), "DAGSTER_HOME")]
    if settings.warehouse == "duckdb":
        folders.append((Path(settings.duckdb_path).absolute().parent, f"{PREFIX}DUCKDB_PATH"))
    problems = []
    for folder, setting in folders:
        try:
            require_writable(folder, setting)
        except SettingsError as error:
            problems.append(str(error))
    if problems:
        raise SettingsError("\n".join(problems))


def report_folder(settings: Settings) -> tuple[Path, str]:
    """Where a run writes the pages, and the setting which says so."""
    return Path(settings.report_folder).absolute(), f"{PREFIX}REPORT_FOLDER"
