"""The progress of a run: a line per finished step, and a bar on a terminal."""

import logging
from collections import Counter
from dataclasses import dataclass, field

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sparkify_assets.cli.output import one_line
from sparkify_assets.cli.rich_output import markup
from sparkify_assets.quality.failures import failure_message

LOGGER = "console_progress"
# Dagster logs this for each step after a failed one, whose failure is printed already.
_SKIPPED = "Dependencies for step"
_NAME = 34
"""Columns for the name of a table and the word checks."""


@dataclass
class RunSummary:
    """What the events of a run reported so far: rows and checks by table, seconds by step."""

    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    checks: dict[str, list[dg.AssetCheckEvaluation]] = field(default_factory=dict)

    def check_counts(self) -> Counter[str]:
        """How many checks passed, warned and failed."""
        counts = Counter(passed=0, warned=0, failed=0)
        counts.update(_outcome(check) for checks in self.checks.values() for check in checks)
        return counts


def _outcome(check: dg.AssetCheckEvaluation) -> str:
    if check.passed:
        return "passed"
    return "failed" if check.severity == dg.AssetCheckSeverity.ERROR else "warned"


class RunProgress(logging.Handler):
    """Prints the log of a run as progress; use it as a context manager around the run."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.summary = RunSummary()
        self._console = console
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("starting", total=None)
        self._tables_of_step: dict[str, float] = {}

    def expect(self, steps: int) -> None:
        """Set how many steps the run has."""
        self._progress.update(self._task, total=steps)

    def __enter__(self) -> "RunProgress":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def emit(self, record: logging.LogRecord) -> None:
        """Print what one record of the run's log reports."""
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None:
            message = getattr(record, "dagster_meta", {}).get("orig_message") or record.getMessage()
            if record.levelno >= logging.WARNING and not message.startswith(_SKIPPED):
                self._console.print(f"[yellow]![/] {markup(message)}")
            return
        kind = event.event_type_value
        if kind == "STEP_START":
            self._tables_of_step = {}
            self._progress.update(self._task, description=event.step_key)
        elif kind == "ASSET_MATERIALIZATION":
            self._materialized(event.step_materialization_data.materialization)
        elif kind == "ASSET_CHECK_EVALUATION":
            evaluation = event.asset_check_evaluation_data
            self.summary.checks.setdefault(evaluation.asset_key.to_user_string(), []).append(evaluation)
        elif kind == "STEP_SUCCESS":
            self._finished(event.step_key, event.step_success_data.duration_ms / 1000)
        elif kind == "STEP_FAILURE":
            self._failed(event)

    def _materialized(self, materialization: dg.AssetMaterialization) -> None:
        table, metadata = materialization.asset_key.to_user_string(), materialization.metadata
        if "dagster/row_count" in metadata:
            self.summary.rows[table] = int(metadata["dagster/row_count"].value)  # type: ignore[arg-type]
            self._tables_of_step[table] = float(metadata["seconds"].value)  # type: ignore[arg-type]

    def _finished(self, step: str, seconds: float) -> None:
        self._progress.advance(self._task)
        self.summary.seconds |= {**self._tables_of_step, step: seconds}
        table = step.removesuffix("_checks")
        if table == step:
            rows = f"{self.summary.rows[step]:>12,} rows" if step in self.summary.rows else " " * 17
            self._console.print(f"[green]✓[/] {step:<{_NAME}}{rows}{seconds:>9.2f} s", highlight=False)
            for name in (name for name in self._tables_of_step if name != step):
                self._print_table(name)
        else:
            results = self.summary.checks.get(table, [])
            passed = sum(result.passed for result in results)
            self._console.print(f"  {table + ' checks':<{_NAME}}{passed:>12} passed{seconds:>7.2f} s", highlight=False)
            self._print_failed_checks(table)

    def _print_table(self, name: str) -> None:
        rows, seconds = self.summary.rows[name], self._tables_of_step[name]
        self._console.print(f"    {name:<{_NAME - 2}}{rows:>12,} rows{seconds:>9.2f} s", highlight=False)

    def _print_failed_checks(self, table: str) -> None:
        for check in self.summary.checks.get(table, []):
            if not check.passed:
                color = "red" if _outcome(check) == "failed" else "yellow"
                self._console.print(
                    f"  [{color}]! {markup(check.check_name)}[/]: {markup(one_line(check.description or ''))}",
                    highlight=False,
                )

    def _failed(self, event: dg.DagsterEvent) -> None:
        self._console.print(
            f"[red]✗ {markup(event.step_key or '')}[/]: {markup(failure_message(event))}", highlight=False
        )
        if event.step_key and event.step_key.endswith("_checks"):
            self._print_failed_checks(event.step_key.removesuffix("_checks"))


def progress_logger(handler: RunProgress) -> dg.LoggerDefinition:
    """A Dagster logger which passes the run's log to `handler`."""

    @dg.logger
    def forward(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger(LOGGER, logging.DEBUG)
        logger.addHandler(handler)
        return logger

    return forward
