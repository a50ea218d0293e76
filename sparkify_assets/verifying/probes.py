"""What no document decides about Redshift, each asked of the cluster by a statement or a small COPY.

A probe says what the tests of this project expect, and what follows here if the cluster does otherwise. Nothing in the
package depends on the answers: they tell how right the stand-in is, and which way loads will go.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sparkify_assets.errors import SparkifyError, WarehouseError
from sparkify_assets.warehouse.redshift.warehouse import RedshiftWarehouse


class Refused(WarehouseError):
    """The engine does not take the statement which a probe is about."""


@dataclass(frozen=True)
class Probe:
    """A question: `observe` tries the statement, and gives what is seen, in the words of `expected` if it is that.

    `otherwise` is what it means here if it is something else.
    """

    name: str
    statement: str
    expected: str
    otherwise: str
    observe: Callable[[RedshiftWarehouse, str], str]


@dataclass(frozen=True)
class Finding:
    """The answer to a probe; `detail` are the words of the engine if it was refused or failed."""

    probe: Probe
    found: str
    detail: str
    seconds: float

    @property
    def is_as_expected(self) -> bool:
        """Whether the cluster does what the tests expect."""
        return self.found == self.probe.expected


def examine(warehouse: RedshiftWarehouse, probes: Sequence[Probe], progress: Callable[[str], None]) -> list[Finding]:
    """Ask one probe after another; one which fails says so and costs no other."""
    return [_ask(warehouse, probe, progress) for probe in probes]


def _ask(warehouse: RedshiftWarehouse, probe: Probe, progress: Callable[[str], None]) -> Finding:
    progress(probe.name)
    started = time.monotonic()
    try:
        found, detail = probe.observe(warehouse, probe.statement), ""
    except Refused as error:
        found, detail = "refused", str(error)
    except SparkifyError as error:
        found, detail = "failed", str(error)
    return Finding(probe, found, detail, time.monotonic() - started)
