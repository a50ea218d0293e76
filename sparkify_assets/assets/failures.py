"""Errors of this package as Dagster shows them: the message, without a traceback in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from sparkify_assets.errors import KeyViolation, SparkifyError


@contextmanager
def explained() -> Iterator[None]:
    """Turn a SparkifyError into a failure of the step with the same message; key violations pass."""
    try:
        yield
    except KeyViolation:
        raise
    except SparkifyError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
