"""Errors of this package as Dagster shows them: the message, without a traceback in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from sparkify_assets.errors import KeyViolation, SparkifyError
from sparkify_assets.pages.printable import printable_text

RETRY_SECONDS = (5, 20, 60)
"""How long a step waits before each new try after a transient error."""


@contextmanager
def as_dagster_failure() -> Iterator[None]:
    """Turn a SparkifyError into a failure of the step with the same message; key violations pass.

    After a transient error the step is tried again, a few times. A step which is not to repeat what
    it did before the error has to do that in a transaction.
    """
    try:
        yield
    except KeyViolation:
        raise
    except SparkifyError as error:
        message = printable_text(str(error))
        tried = dg.OpExecutionContext.get().retry_number if error.transient else len(RETRY_SECONDS)
        if tried == len(RETRY_SECONDS):
            raise dg.Failure(message, allow_retries=False) from None
        seconds = RETRY_SECONDS[tried]
        dg.get_dagster_logger().warning(f"{message} Trying again in {seconds} s ({tried + 1} of {len(RETRY_SECONDS)}).")
        raise dg.RetryRequested(max_retries=len(RETRY_SECONDS), seconds_to_wait=seconds) from error
