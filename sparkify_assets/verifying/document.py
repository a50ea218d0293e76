"""What a verification found as a document, fit for an issue: without names of hosts, buckets, roles and accounts."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from sparkify_assets.comparing.tables import TableDiff
from sparkify_assets.lake.s3_uri import bucket_and_prefix
from sparkify_assets.settings import Settings
from sparkify_assets.verifying.verification import Verification

# ARNs, accounts and access keys, wherever an engine repeats them.
_NAMES_OF_AWS = re.compile(r"arn:aws[\w-]*:[^\s'\",;)]+|\b\d{12}\b|\b(AKIA|ASIA)[A-Z0-9]{16}\b")
_SECRETS = ("redshift_host", "redshift_cluster_identifier", "redshift_workgroup", "redshift_secret_arn", "iam_role")


def document(found: Verification, settings: Settings) -> dict[str, Any]:
    """The result, with the first rows of a table which differ; values are those which an engine gives."""
    hidden = dict(_hidden(settings))
    result: dict[str, Any] = _without(
        {
            "sparkify": version("sparkify-assets"),
            "engine": found.engine,
            "equal": found.is_equal,
            "seconds": round(found.seconds, 1),
            "problem": found.problem or None,
            "left": found.left,
            "probes": [
                {
                    "probe": one.probe.name,
                    "as_expected": one.is_as_expected,
                    "expected": one.probe.expected,
                    "found": one.found,
                    "if_different": one.probe.otherwise,
                    "statement": " ".join(one.probe.statement.split()),
                    "detail": one.detail or None,
                    "seconds": round(one.seconds, 2),
                }
                for one in found.findings
            ],
            "tables": [
                {
                    "table": one.table,
                    "rows": one.rows,
                    "verdict": verdict(one),
                    "differing": [{"here": here, "on_duckdb": other} for here, other in one.differing],
                }
                for one in found.tables
            ],
        },
        hidden,
    )
    return result


def verdict(table: TableDiff) -> str:
    """In a word, or why the rows cannot be compared."""
    return "equal" if table.is_equal else table.problem or "differs"


def _hidden(settings: Settings) -> Iterator[tuple[str, str]]:
    """What the settings say of a cluster and an account, and what is written instead."""
    for name in _SECRETS:
        value = getattr(settings, name)
        if value and value != "default":
            yield value, f"<{name}>"
    if password := settings.redshift_password.get_secret_value():
        yield password, "<redshift_password>"
    for name in ("work_uri", "lake"):
        if (uri := getattr(settings, name)).startswith("s3://"):
            yield bucket_and_prefix(name, uri)[0], "<bucket>"


def _without(value: Any, hidden: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, hidden) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(one, hidden) for one in value]
    if not isinstance(value, str):
        return value
    for text in sorted(hidden, key=len, reverse=True):
        value = value.replace(text, hidden[text])
    return _NAMES_OF_AWS.sub("<name in AWS>", value)
