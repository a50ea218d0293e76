"""`sparkify report`: the page which the latest run has made."""

from pathlib import Path

from sparkify_assets.errors import SparkifyError
from sparkify_assets.pages.rendering import LISTENING_REPORT
from sparkify_assets.settings import Settings


def report_page(chosen: Settings) -> Path:
    """Where the page is; raises SparkifyError if there is none yet."""
    page = Path(chosen.report_folder).resolve() / LISTENING_REPORT
    if not page.is_file():
        raise SparkifyError(
            f"There is no report at {page} yet. Make it: sparkify run; if that was run elsewhere, set "
            "SPARKIFY_REPORT_FOLDER to its folder."
        )
    return page
