"""A Redshift for tests, which the unmodified redshift_connector talks to. See README.md."""

from .contract import Refused
from .faults import ERROR_1018, ERROR_1023, S3_ACCESS_DENIED, S3_SLOW_DOWN, Fault
from .server import RedshiftStandIn, Statement

__all__ = [
    "ERROR_1018",
    "ERROR_1023",
    "S3_ACCESS_DENIED",
    "S3_SLOW_DOWN",
    "Fault",
    "RedshiftStandIn",
    "Refused",
    "Statement",
]
