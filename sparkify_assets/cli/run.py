"""`sparkify run`: the main job in this process, with its progress and a summary."""

import gc
import os
import shutil
import sys
from collections.abc import Iterable
from datetime import date

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sparkify_assets.cli.progress import LOGGER, RunProgress, Seen, progress_logger
from sparkify_assets.components.partitions import day_tags
from sparkify_assets.defs.notifications.notifiers import notifiers, tell_all
from sparkify_assets.defs.notifications.sensors import notice_of
from sparkify_assets.defs.platform import build_definitions
from sparkify_assets.defs.quality.refresh import QUALITY_DASHBOARD, is_in, refresh_quality
from sparkify_assets.errors import SettingsError
from sparkify_assets.instance.home import open_instance
from sparkify_assets.settings import Settings
from sparkify_assets.warehouse.open import open_warehouse

JOB = "sparkify_etl"


def run(chosen: Settings, first_day: date, last_day: date, selection: str | None, console: Console) -> bool:
    """Materialize for these days, and show it on the dashboard; whether the run and every error check went well."""
    progress = RunProgress(console)
    definitions = build_definitions(chosen, loggers={LOGGER: progress_logger(progress)})
    keys = _selected(definitions, selection) | {QUALITY_DASHBOARD}
    progress.expect(_steps(definitions, keys))
    with open_instance() as instance, progress:
        # Dagster and the graph live to the end of the process: from here on the search for dead cycles, also the
        # one at exit, leaves them out. With it, a quarter of a small run goes to walking them.
        gc.freeze()
        gc.enable()
        result = definitions.resolve_job_def(JOB).execute_in_process(
            instance=instance,
            asset_selection=sorted(keys),
            tags=day_tags(first_day, last_day),
            run_config={"loggers": {LOGGER: {}}},
            raise_on_error=False,
        )
        if not is_in(instance, result.run_id):
            definitions.resolve_job_def(refresh_quality.name).execute_in_process(
                instance=instance, run_config={"loggers": {LOGGER: {}}}, raise_on_error=False
            )
        _tell(console, chosen, instance, result.dagster_run)
    failed = [check for checks in progress.seen.checks.values() for check in checks if _is_failure(check)]
    _summarize(console, chosen, progress.seen, result.success and not failed)
    return result.success and not failed


def _tell(console: Console, chosen: Settings, instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Tell those who do not see this console: there is no daemon which would, and cron may have started this."""
    if notice := notice_of(instance, run):
        tell_all(notifiers(chosen.notify_webhook), notice, lambda text: console.print(f"[yellow]![/] {escape(text)}"))


def _selected(definitions: dg.Definitions, selection: str | None) -> set[dg.AssetKey]:
    graph = definitions.resolve_asset_graph()
    if selection is None:
        return set(graph.materializable_asset_keys)
    try:
        chosen = dg.AssetSelection.from_string(selection).resolve(graph)
    except dg.DagsterError as error:
        raise SettingsError(
            f"--select {selection!r} is not understood: {error}. Write it as in the Dagster UI, such as "
            "'songplays', '+key:\"songplays\"' or 'group:\"star\"'."
        ) from error
    keys = set(chosen) & graph.materializable_asset_keys
    if not keys:
        raise SettingsError(
            f"--select {selection!r} matches nothing that can be built. Assets: "
            f"{', '.join(sorted(key.to_user_string() for key in graph.materializable_asset_keys))}."
        )
    return keys


def _steps(definitions: dg.Definitions, keys: set[dg.AssetKey]) -> int:
    checked = {check.asset_key for check in definitions.resolve_asset_graph().asset_check_keys}
    return len(keys) + len(keys & checked)


def _is_failure(check: dg.AssetCheckEvaluation) -> bool:
    return not check.passed and check.severity == dg.AssetCheckSeverity.ERROR


def _summarize(console: Console, chosen: Settings, seen: Seen, good: bool) -> None:
    table = Table(title="Tables", title_justify="left", box=None, pad_edge=False)
    for column, justify in (("table", "left"), ("rows", "right"), ("checks", "right"), ("seconds", "right")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for name, rows in seen.rows.items():
        checks = seen.checks.get(name, [])
        passed = sum(check.passed for check in checks)
        seconds = seen.seconds.get(name, 0) + seen.seconds.get(f"{name}_checks", 0)
        table.add_row(name, f"{rows:,}", f"{passed}/{len(checks)}", f"{seconds:.2f}")
    console.print()
    console.print(table)
    results = [check for checks in seen.checks.values() for check in checks]
    console.print(f"\nChecks: {_counts(results)}    Rejected lines: {seen.rows.get('load_rejects', 0):,}")
    console.print(f"Database: {open_warehouse(chosen).location}    Lake: {chosen.lake}", soft_wrap=True)
    if good:
        console.print(
            f"Next: [bold]make dev[/] for the Dagster UI, or ask: [bold]{_program()} query[/] "
            '"select level, count(*) as plays from songplays group by level"',
            soft_wrap=True,
        )
    else:
        console.print("[red]The run was stopped.[/] What was built before the failure stays; the rest is as it was.")


def _counts(results: Iterable[dg.AssetCheckEvaluation]) -> str:
    counts = {"passed": 0, "warned": 0, "failed": 0}
    for result in results:
        counts["passed" if result.passed else "failed" if _is_failure(result) else "warned"] += 1
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _program() -> str:
    """How the shell finds this command: by name, or by its path from here."""
    return "sparkify" if shutil.which("sparkify") else os.path.relpath(sys.argv[0])
