"""`sparkify run`: the main job in this process, with its progress and a summary."""

import os
import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click
import dagster as dg
from rich.console import Console

from sparkify_assets.cli.days import days_to_build
from sparkify_assets.cli.folders import require_writable_folders
from sparkify_assets.cli.options import DAY
from sparkify_assets.cli.progress import LOGGER, RunProgress, RunSummary, progress_logger
from sparkify_assets.cli.rich_output import cell, grid, markup
from sparkify_assets.cli.rich_output import console as standard_output
from sparkify_assets.components.partitions import day_tags
from sparkify_assets.definitions import build_definitions
from sparkify_assets.defs.notifications.notifiers import notifiers, notify_all
from sparkify_assets.defs.notifications.sensors import notice_of
from sparkify_assets.defs.quality.assets import QUALITY_DASHBOARD
from sparkify_assets.defs.quality.jobs import refresh_quality
from sparkify_assets.defs.quality.sensors import is_in
from sparkify_assets.errors import SettingsError
from sparkify_assets.instance import garbage_collection
from sparkify_assets.instance.dead_runs import end_dead_runs
from sparkify_assets.instance.home import open_instance
from sparkify_assets.instance.retention import delete_old_runs
from sparkify_assets.settings import Settings, load_settings
from sparkify_assets.warehouse.open import open_warehouse

JOB = "sparkify_etl"


@click.command()
@click.option("--from", "first", type=DAY, help="First day of log files; default SPARKIFY_FIRST_DAY.")
@click.option("--to", "last", type=DAY, help="Last day of log files; default SPARKIFY_LAST_DAY.")
@click.option("--select", "selection", help="Assets in Dagster's selection syntax, such as '+group:\"star\"'.")
def run(first: datetime | None, last: datetime | None, selection: str | None) -> None:
    """Build the warehouse, with a progress display.

    Without a lake in the default location a sample is generated there. Exits with 1 if the run fails
    or a check stops it.
    """
    settings = load_settings()
    require_writable_folders(settings)
    console = standard_output()
    lake = Path(settings.lake)
    if not settings.project and settings.lake == Settings.model_fields["lake"].default and not lake.exists():
        from sparkify_assets.cli.generate import SAMPLE, generate_sample  # needs numpy, which no run does

        console.print(f"There is no lake at {settings.lake} yet: generating a sample.")
        generate_sample(lake, start=settings.first_day, **SAMPLE)
    first_day, last_day = days_to_build(settings, first, last)
    if (first_day, last_day) != settings.days and not (first or last):
        console.print(f"There are log files for {first_day} to {last_day}; the other days to build have none.")
    sys.exit(0 if run_job(settings, first_day, last_day, selection, console) else 1)


def run_job(settings: Settings, first_day: date, last_day: date, selection: str | None, console: Console) -> bool:
    """Materialize these days and refresh the dashboard; return whether the run and every error check passed."""
    progress, channels = RunProgress(console), notifiers(settings.notify_webhook)
    definitions = build_definitions(settings, loggers={LOGGER: progress_logger(progress)})
    keys = _selected(definitions, selection) | {QUALITY_DASHBOARD}
    progress.expect(_step_count(definitions, keys))
    if dg.AssetKey("listening_report") in keys:
        _begin_report(settings)

    def warn(text: str) -> None:
        console.print(f"[yellow]![/] {markup(text)}")

    with open_instance() as instance, progress:
        garbage_collection.resume()
        for dead in end_dead_runs(instance, JOB):
            if notice := notice_of(instance, dead):
                warn(notice.text)
                notify_all(channels, notice, warn)
        result = definitions.resolve_job_def(JOB).execute_in_process(
            instance=instance,
            asset_selection=sorted(keys),
            # The tables of another project have no days.
            tags={} if settings.project else day_tags(first_day, last_day),
            run_config={"loggers": {LOGGER: {}}},
            raise_on_error=False,
        )
        if not is_in(instance, result.run_id):
            definitions.resolve_job_def(refresh_quality.name).execute_in_process(
                instance=instance, run_config={"loggers": {LOGGER: {}}}, raise_on_error=False
            )
        # No daemon runs here to notify people, and cron may have started this.
        if notice := notice_of(instance, result.dagster_run):
            notify_all(channels, notice, warn)
        delete_old_runs(instance, settings.keep_runs_days, datetime.now(UTC))
    ok = result.success and not progress.summary.check_counts()["failed"]
    _print_summary(console, settings, progress.summary, ok)
    return ok


def _begin_report(settings: Settings) -> None:
    """Start the process which draws, and let it make the script of the charts: the run needs them seconds later."""
    from sparkify_assets.charts.page import begin_drawing_script
    from sparkify_assets.pages.folder import LocalPages, open_page_folder

    if isinstance(folder := open_page_folder(settings.report_folder), LocalPages):
        begin_drawing_script(folder.folder)


def _selected(definitions: dg.Definitions, selection: str | None) -> set[dg.AssetKey]:
    graph = definitions.resolve_asset_graph()
    if selection is None:
        return set(graph.materializable_asset_keys)
    try:
        selected = dg.AssetSelection.from_string(selection).required_multi_asset_neighbors().resolve(graph)
    except dg.DagsterError as error:
        raise SettingsError(
            f"--select {selection!r} is not understood: {error}. Write it as in the Dagster UI, such as "
            "'songplays', '+key:\"songplays\"' or 'group:\"star\"'."
        ) from error
    keys = set(selected) & graph.materializable_asset_keys
    if not keys:
        raise SettingsError(
            f"--select {selection!r} matches nothing that can be built. Assets: "
            f"{', '.join(sorted(key.to_user_string() for key in graph.materializable_asset_keys))}."
        )
    return keys


def _step_count(definitions: dg.Definitions, keys: set[dg.AssetKey]) -> int:
    """A step for the assets which are made together, and one for the checks of each checked asset."""
    made_by = [asset.keys for asset in definitions.assets or () if isinstance(asset, dg.AssetsDefinition)]
    checked = {check.asset_key for check in definitions.resolve_asset_graph().asset_check_keys}
    return sum(bool(made & keys) for made in made_by) + len(keys & checked)


def _print_summary(console: Console, settings: Settings, summary: RunSummary, ok: bool) -> None:
    numbers = ("rows", "checks", "seconds")
    table = grid(("table", *numbers), right=numbers)
    for name, rows in summary.rows.items():
        checks = summary.checks.get(name, [])
        passed = sum(check.passed for check in checks)
        seconds = summary.seconds.get(name, 0) + summary.seconds.get(f"{name}_checks", 0)
        table.add_row(cell(name), f"{rows:,}", f"{passed}/{len(checks)}", f"{seconds:.2f}")
    counts = ", ".join(f"{count} {outcome}" for outcome, count in summary.check_counts().items())
    console.print("\nTables")
    console.print(table)
    # A run of some tables does not count them.
    rejected = f"    Rejected records: {summary.rows['load_rejects']:,}" if "load_rejects" in summary.rows else ""
    console.print(f"\nChecks: {counts}{rejected}")
    console.print(cell(f"Database: {open_warehouse(settings).location}    Lake: {settings.lake}"), soft_wrap=True)
    if ok and settings.project:
        console.print(f"Next: [bold]{markup(_program())} report[/] for the answers", soft_wrap=True)
    elif ok:
        console.print(
            f"Next: [bold]make dev[/] for the Dagster UI, or ask: [bold]{markup(_program())} query[/] "
            '"select level, count(*) as plays from songplays group by level"',
            soft_wrap=True,
        )
    else:
        console.print("[red]The run was stopped.[/] What was built before the failure stays; the rest is as it was.")


def _program() -> str:
    """How the shell finds this command: by name, or by its path from here."""
    if shutil.which("sparkify"):
        return "sparkify"
    called = os.path.relpath(sys.argv[0])
    return "python -m sparkify_assets" if called.endswith("__main__.py") else called
