"""Where Redshift may be one way or the other, since no page says which, or since a database may be set to either."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Modes:
    """The ways of a stand-in; the defaults are what is documented, or the likelier one."""

    backslash_escapes: bool = True
    """Whether a backslash in a plain literal escapes (standard_conforming_strings is off)."""
    isolation: Literal["snapshot", "serializable"] = "snapshot"
    """SERIALIZABLE: what two transactions at once read and write of a table conflicts, whichever rows it is."""
    view_delay: float = 0.0
    """Seconds until SYS_LOAD_HISTORY shows a load; its files and errors follow, one after the other."""
    broken_json: Literal["line", "swallow"] = "line"
    """Where COPY goes on after an object which does not parse: at the next line, or where its braces balance."""
    lines_scanned: Literal["records", "lines"] = "records"
    """What SYS_LOAD_DETAIL counts of a JSON file."""
    trusts_keys: bool = False
    """Whether the planner answers from declared keys, which nobody enforces."""
    numeric: Literal["exact", "zero"] = "exact"
    """What the driver reads of a NUMERIC without a precision over its binary protocol, which it asks for by default."""

    @property
    def isolation_level(self) -> str:
        """As the system views name it."""
        return "Serializable" if self.isolation == "serializable" else "Snapshot Isolation"
