"""What a run does, as it does it: a line per finished step, and a bar where there is a terminal."""

import logging
from dataclasses import dataclass, field

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sparkify_assets.quality.failures import failure_message as said_by

LOGGER = "console_progress"
# Dagster says this of each step after a failed one; the failure itself is told already.
_SKIPPED = "Dependencies for step"


@dataclass
class Seen:
    """What the events of a run have told so far."""

    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    checks: dict[str, list[dg.AssetCheckEvaluation]] = field(default_factory=dict)


class RunProgress(logging.Handler):
    """Listens to the log of a run; use it as a context manager around the run."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.seen = Seen()
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

    def expect(self, steps: int) -> None:
        """Say how many steps the run will have."""
        self._progress.update(self._task, total=steps)

    def __enter__(self) -> "RunProgress":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def emit(self, record: logging.LogRecord) -> None:
        """Take in one record of the run's log."""
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None:
            message = getattr(record, "dagster_meta", {}).get("orig_message") or record.getMessage()
            if record.levelno >= logging.WARNING and not message.startswith(_SKIPPED):
                self._console.print(f"[yellow]![/] {escape(message)}")
            return
        kind = event.event_type_value
        if kind == "STEP_START":
            self._progress.update(self._task, description=event.step_key)
        elif kind == "ASSET_MATERIALIZATION":
            self._materialized(event.step_materialization_data.materialization)
        elif kind == "ASSET_CHECK_EVALUATION":
            evaluation = event.asset_check_evaluation_data
            self.seen.checks.setdefault(evaluation.asset_key.to_user_string(), []).append(evaluation)
        elif kind == "STEP_SUCCESS":
            self._finished(event.step_key, event.step_success_data.duration_ms / 1000)
        elif kind == "STEP_FAILURE":
            self._failed(event)

    def _materialized(self, materialization: dg.AssetMaterialization) -> None:
        rows = materialization.metadata.get("dagster/row_count")
        if rows is not None:
            self.seen.rows[materialization.asset_key.to_user_string()] = int(rows.value)  # type: ignore[arg-type]

    def _finished(self, step: str, seconds: float) -> None:
        self._progress.advance(self._task)
        self.seen.seconds[step] = seconds
        table = step.removesuffix("_checks")
        if table == step:
            rows = f"{self.seen.rows[step]:>12,} rows" if step in self.seen.rows else " " * 17
            self._console.print(f"[green]✓[/] {step:<28}{rows}{seconds:>9.2f} s", highlight=False)
        else:
            results = self.seen.checks.get(table, [])
            passed = sum(result.passed for result in results)
            self._console.print(f"  {table + ' checks':<28}{passed:>12} passed{seconds:>7.2f} s", highlight=False)
            self._print_broken(table)

    def _print_broken(self, table: str) -> None:
        for result in self.seen.checks.get(table, []):
            if not result.passed:
                colour = "red" if result.severity == dg.AssetCheckSeverity.ERROR else "yellow"
                self._console.print(
                    f"  [{colour}]! {result.check_name}[/]: {escape(result.description or '')}", highlight=False
                )

    def _failed(self, event: dg.DagsterEvent) -> None:
        self._console.print(f"[red]✗ {event.step_key}[/]: {escape(said_by(event))}", highlight=False)
        if event.step_key and event.step_key.endswith("_checks"):
            self._print_broken(event.step_key.removesuffix("_checks"))


def progress_logger(handler: RunProgress) -> dg.LoggerDefinition:
    """A Dagster logger which hands the run's log to `handler`."""

    @dg.logger
    def forward(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger(LOGGER, logging.DEBUG)
        logger.addHandler(handler)
        return logger

    return forward
