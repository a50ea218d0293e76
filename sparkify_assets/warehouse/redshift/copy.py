"""COPY: its text, what it did, and its failures with a hint."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sparkify_assets.errors import LoadError
from sparkify_assets.warehouse.base import Session
from sparkify_assets.warehouse.redshift.failures import DriverError
from sparkify_assets.warehouse.redshift.load_views import RefusedLine

MAX_ERRORS = 100_000
"""As many refused lines as COPY lets pass (AWS: MAXERROR); the share which is allowed is judged afterwards."""

_SHOWN = 10
# The whole COPY fails at some data, and not always with rows in the views.
_AT_DATA = re.compile(r"S3 key being read|null byte|JSONPath|Invalid (JSON|UTF|byte)|exceeds|too long", re.IGNORECASE)
_DATA_EXCEPTION = "22"
_IN_VIEWS = re.compile(r"stl_load_errors|sys_load_error_detail")
_HINTS = (
    (
        r"AccessDenied|Access Denied|Status 403",
        "The role which COPY uses may not read there. Give it s3:GetObject on the lake's objects and s3:ListBucket on "
        "its bucket (`sparkify cluster policy` prints the policy).",
    ),
    (
        r"not authorized to assume|not authorized to get credentials|no default IAM role",
        "Attach the role to the cluster, and name it in SPARKIFY_IAM_ROLE (or make it the cluster's default).",
    ),
    (r"NoSuchKey|does not exist", "Was the file moved or deleted during the load? Run again."),
    (
        r"must be addressed using the specified endpoint|PermanentRedirect",
        "The bucket is in another region. COPY of Parquet needs a lake in the region of the cluster.",
    ),
)


@dataclass(frozen=True)
class CopyInto:
    """A COPY of JSON from S3 into `table`.

    `uri` is a manifest or a prefix; `json` is 'auto' or the URI of a JSONPaths file, whose n-th path
    feeds the n-th of `columns`.
    """

    table: str
    columns: Sequence[str]
    uri: str
    json: str
    iam_role: str
    region: str
    is_manifest: bool
    is_gzip: bool
    max_errors: int = MAX_ERRORS

    def statement(self, quoted: Callable[[str], str]) -> str:
        """The statement. Analysis and compression are left to Redshift's own background work."""
        flags = ["manifest"] * self.is_manifest + ["gzip"] * self.is_gzip
        return "\n".join(
            [
                f"copy {self.table} ({', '.join(self.columns)})",
                f"from {quoted(self.uri)}",
                f"iam_role {_role(self.iam_role, quoted)}",
                f"format as json {quoted(self.json)}",
                f"region {quoted(self.region)}",
                *flags,
                f"maxerror {self.max_errors}",
                "compupdate off",
                "statupdate off",
            ]
        )


@dataclass(frozen=True)
class CopyParquet:
    """A COPY of the Parquet files whose URIs begin with `uri`: by position, into all columns of `table`.

    It takes no region, no limit of errors and no compression (Developer Guide: COPY from columnar data formats).
    """

    table: str
    uri: str
    iam_role: str

    def statement(self, quoted: Callable[[str], str]) -> str:
        """The statement."""
        return "\n".join(
            [
                f"copy {self.table}",
                f"from {quoted(self.uri)}",
                f"iam_role {_role(self.iam_role, quoted)}",
                "format as parquet",
                "statupdate off",
            ]
        )


@dataclass(frozen=True)
class CopySettings:
    """How COPY reads and what it may write: see `RedshiftWarehouse`. `slices` asks the cluster how many it has."""

    iam_role: str
    work_uri: str
    slices: Callable[[], int]


class CopySession(Session, ABC):
    """A transaction which can COPY."""

    @abstractmethod
    def copy(self, into: CopyInto | CopyParquet) -> int:
        """Run a COPY; the rows it loaded. Raises LoadError, with the refused lines as a table, if it fails."""

    @abstractmethod
    def scanned_lines(self, files: Iterable[str]) -> dict[str, int]:
        """Lines which the latest COPY read of these files (`name_in_views`), if Redshift tells."""


class RefusedData(LoadError):
    """COPY failed at what a file holds, at least at that of `files` (`name_in_views`). Another reader may tell why."""

    def __init__(self, message: str, files: Iterable[str] = ()) -> None:
        self.files = frozenset(files)
        super().__init__(message)


def _role(iam_role: str, quoted: Callable[[str], str]) -> str:
    return "default" if iam_role == "default" else quoted(iam_role)


def is_about_lines(failure: DriverError) -> bool:
    """Whether the views say which lines made a COPY fail."""
    return bool(_IN_VIEWS.search(failure.text))


def as_load_error(into: CopyInto | CopyParquet, failure: DriverError, refused: Sequence[RefusedLine]) -> LoadError:
    """Why a COPY failed: the lines it refused as a table, or the message of Redshift with a hint."""
    if refused:
        table = [f"  {'file':<60} {'line':>8}  {'column':<16} reason"]
        table += [f"  {r.file:<60} {r.line:>8}  {r.column:<16} {r.message} ({r.code})" for r in refused[:_SHOWN]]
        more = f"\n  ... {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
        return RefusedData(
            f"COPY into {into.table} refused too much; nothing was loaded. The first lines:\n"
            + "\n".join(table)
            + more,
            (line.file for line in refused),
        )
    message = failure.text
    hint = next((hint for sign, hint in _HINTS if re.search(sign, message)), "")
    is_at_data = failure.state.startswith(_DATA_EXCEPTION) or is_about_lines(failure) or _AT_DATA.search(message)
    kind = RefusedData if is_at_data and not hint else LoadError
    return kind(f"COPY into {into.table} from {into.uri} failed; nothing was loaded: {message}\n{hint}".rstrip())
