"""Failed steps in words."""

import dagster as dg

from sparkify_assets.pages.printable import printable_text


def failure_message(event: dg.DagsterEvent) -> str:
    """The printable message of a failed step: that of its failure, or of the error which caused it."""
    failure = event.step_failure_data
    if failure.user_failure_data and failure.user_failure_data.description:
        return printable_text(failure.user_failure_data.description)
    error = failure.error.cause or failure.error if failure.error else None
    return printable_text(error.message.strip()) if error else "failed"
