"""The folders which a run writes to."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sparkify_assets.errors import SettingsError
from sparkify_assets.instance.folders import require_writable
from sparkify_assets.instance.home import dagster_home
from sparkify_assets.pages.folder import SETTING, LocalPages, S3Pages, open_page_folder
from sparkify_assets.settings import PREFIX, Settings


def require_writable_folders(settings: Settings) -> None:
    """Raise SettingsError which names each folder that a run could not write, and the setting to change."""
    folders = [(dagster_home(), "DAGSTER_HOME")]
    if settings.warehouse == "duckdb":
        folders.append((Path(settings.duckdb_path).absolute().parent, f"{PREFIX}DUCKDB_PATH"))
    examinations: list[Callable[[], object]] = [
        partial(require_writable_pages, settings),
        *(partial(require_writable, folder, setting) for folder, setting in folders),
    ]
    problems = []
    for examine in examinations:
        try:
            examine()
        except SettingsError as error:
            problems.append(str(error))
    if problems:
        raise SettingsError("\n".join(problems))


def require_writable_pages(settings: Settings) -> str:
    """Where the pages go; raises SettingsError if they could not be written there."""
    folder = open_page_folder(settings.report_folder)
    if isinstance(folder, S3Pages):
        folder.require_writable()
    elif isinstance(folder, LocalPages):
        require_writable(folder.folder, SETTING)
    return folder.location("").rstrip("/")
