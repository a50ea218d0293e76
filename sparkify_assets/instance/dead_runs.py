"""Runs whose process is gone: they are ended, and those which no daemon retries by itself are marked for a retry."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from sparkify_assets.instance.run_storage import TaggedDaysRunStorage

RETRY_TAG = "sparkify/retry"
NO_RETRY = {"dagster/max_retries": "0"}
"""Tags of a run which Dagster is not to retry."""
_WANTED, _REQUESTED = "wanted", "requested"
_LONGEST_WAIT = timedelta(days=1)


def end_dead_runs(instance: dg.DagsterInstance, retried_job: str) -> Sequence[dg.DagsterRun]:
    """Report each run of this host whose process is gone as failed; return those of which Dagster notifies nobody.

    Such a run counts as one which goes on, and holds the queue. Dagster retries, and notifies of, the runs which it has
    launched. It can do neither for a run of the command line: if it is of `retried_job`, it is marked for
    `take_retries`.
    """
    storage = instance.run_storage
    if not isinstance(storage, TaggedDaysRunStorage):
        return []
    ended: list[dg.DagsterRun] = []
    for process in storage.processes.gone():
        run = instance.get_run_by_id(process.run_id)
        if run is None or run.is_finished:
            storage.processes.end(process.run_id)
        else:  # whatever its status: the process notes itself before the status says that the run has started
            message = f"The {process.text}, is gone: it was killed, or the machine was restarted."
            is_launched = run.remote_job_origin is not None
            if not is_launched and run.job_name == retried_job:
                instance.add_run_tags(run.run_id, {RETRY_TAG: _WANTED} | NO_RETRY)
                message += " While a daemon runs, it is started once more."
            instance.report_run_failed(run, message)
            if not is_launched:
                ended.extend(instance.get_runs(dg.RunsFilter(run_ids=[run.run_id])))
    return ended


def take_retries(instance: dg.DagsterInstance) -> Iterator[dg.DagsterRun]:
    """The runs which are marked for a retry since a day at most; each is given once."""
    wanted = dg.RunsFilter(tags={RETRY_TAG: _WANTED}, updated_after=datetime.now(UTC) - _LONGEST_WAIT)
    for run in instance.get_runs(wanted):
        instance.add_run_tags(run.run_id, {RETRY_TAG: _REQUESTED})
        yield run
