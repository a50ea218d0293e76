"""COPY: its text, its error views, and its failures with a hint."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sparkify_assets.errors import LoadError
from sparkify_assets.warehouse.base import Rows, quoted

MAX_ERRORS = 100_000
"""As many refused lines as COPY lets pass (AWS: MAXERROR); the share which is allowed is judged afterwards."""

_SHOWN = 10
_READING = "S3 key being read"
_ERRORS = """
    select
        trim(file_name) as file_name,
        line_number,
        trim(column_name) as column_name,
        error_code,
        trim(error_message) as error_message
    from sys_load_error_detail
    where query_id = pg_last_copy_id()
    order by file_name, line_number
"""
_SCANNED = """
    select
        trim(file_name) as file_name,
        sum(lines_scanned) as lines_scanned
    from sys_load_detail
    where query_id = pg_last_copy_id()
    group by trim(file_name)
"""
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
    (r"must be addressed using the specified endpoint|PermanentRedirect", "The bucket is in another region."),
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

    @property
    def statement(self) -> str:
        """The statement. Analysis and compression are left to Redshift's own background work."""
        role = "default" if self.iam_role == "default" else quoted(self.iam_role)
        flags = ["manifest"] * self.is_manifest + ["gzip"] * self.is_gzip
        return "\n".join(
            [
                f"copy {self.table} ({', '.join(self.columns)})",
                f"from {quoted(self.uri)}",
                f"iam_role {role}",
                f"format as json {quoted(self.json)}",
                f"region {quoted(self.region)}",
                *flags,
                f"maxerror {self.max_errors}",
                "compupdate off",
                "statupdate off",
            ]
        )


@dataclass(frozen=True)
class RefusedLine:
    """A line which COPY refused; `uri` is its file, `column` the table's, empty if the line is no JSON object."""

    uri: str
    line: int
    column: str
    code: int
    message: str


class RefusedData(LoadError):
    """COPY failed at what a file holds. Another reader may tell why."""


def refused_lines(query: Callable[[str], Rows]) -> list[RefusedLine]:
    """The lines which the last COPY of a session refused: the first reason of each."""
    first: dict[tuple[str, int], RefusedLine] = {}
    for uri, line, column, code, message in query(_ERRORS).rows:
        first.setdefault((uri, int(line)), RefusedLine(uri, int(line), column or "", int(code), message))
    return list(first.values())


def scanned_lines(query: Callable[[str], Rows]) -> dict[str, int]:
    """Lines which the last COPY of a session read, by the URI of the file; files which the view lacks are left out."""
    return {uri: int(lines) for uri, lines in query(_SCANNED).rows if lines is not None}


def as_load_error(query: Callable[[str], Rows], into: CopyInto, message: str) -> LoadError:
    """Why a COPY failed: the lines it refused as a table, or the message of Redshift with a hint."""
    refused = refused_lines(query) if re.search(r"(stl_load_errors|sys_load_error_detail)", message) else []
    if refused:
        table = [f"  {'file':<60} {'line':>8}  {'column':<16} reason"]
        table += [f"  {r.uri:<60} {r.line:>8}  {r.column:<16} {r.message} ({r.code})" for r in refused[:_SHOWN]]
        more = f"\n  ... {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
        return RefusedData(
            f"COPY into {into.table} refused too much; nothing was loaded. The first lines:\n" + "\n".join(table) + more
        )
    hint = next((hint for sign, hint in _HINTS if re.search(sign, message)), "")
    kind = RefusedData if _READING in message and not hint else LoadError
    return kind(f"COPY into {into.table} from {into.uri} failed; nothing was loaded: {message}\n{hint}".rstrip())
