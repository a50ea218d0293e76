"""A Redshift for tests, which the unmodified redshift_connector talks to. See README.md."""

from redshift_stand_in.cluster import Statement
from redshift_stand_in.contract import Refused
from redshift_stand_in.faults import ERROR_1018, ERROR_1023, S3_ACCESS_DENIED, S3_SLOW_DOWN, Fault
from redshift_stand_in.modes import Modes
from redshift_stand_in.stand_in import RedshiftStandIn

__all__ = [
    "ERROR_1018",
    "ERROR_1023",
    "S3_ACCESS_DENIED",
    "S3_SLOW_DOWN",
    "Fault",
    "Modes",
    "RedshiftStandIn",
    "Refused",
    "Statement",
]
