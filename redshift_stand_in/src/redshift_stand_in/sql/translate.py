"""From a statement of the client to one of PostgreSQL.

sqlglot only reads; the client's text stays, but for what `rewriter`, `select` and `tables` change. What
Redshift lacks is refused by the rules of `refusals`. Functions, system views and the comparison of strings are in
postgres/prelude.
"""

import re
from dataclasses import replace
from functools import lru_cache

from redshift_stand_in.contract import Kind, Refused, Translated
from redshift_stand_in.sql.refusals import refusals
from redshift_stand_in.sql.rewriter import Rewriter
from redshift_stand_in.sql.shapes import retyped_column
from redshift_stand_in.sql.statement import Statement, pg_name
from redshift_stand_in.sql.tables import TableRewriter

# Settings of Redshift which PostgreSQL does not know are kept under a prefix.
SETTINGS = {
    "analyze_threshold_percent", "describe_field_name_in_uppercase", "downcase_delimited_identifier",
    "enable_case_sensitive_identifier", "enable_result_cache_for_session", "enable_vacuum_boost",
    "error_on_nondeterministic_update", "json_serialization_enable", "json_serialization_parse_nested_strings",
    "max_cursor_result_set_size", "mv_enable_aqmv_for_session", "navigate_super_null_on_error", "query_group",
    "spectrum_query_maxerror", "use_fips_ssl", "wlm_query_slot_count",
}  # fmt: skip
_SEARCH_PATH = "redshift, pg_catalog"

_SETTING = re.compile(r"(set\s+(?:session\s+|local\s+)?|show\s+|reset\s+)(\w+)", re.IGNORECASE)
_LITERAL = re.compile(r"'(?:[^'\\]|''|\\.)*'")
_NAME = r'((?:"[^"]+"|[\w#]+)(?:\s*\.\s*(?:"[^"]+"|\w+))*)'
_COPY = re.compile(rf"copy\s+{_NAME}", re.IGNORECASE)
_EXPLAIN = re.compile(r"explain\s+(?:verbose\s+)?", re.IGNORECASE)
_CURSOR = re.compile(r"declare\s+\w+\s+cursor\s+for\s+", re.IGNORECASE)
_VACUUM = re.compile(
    rf"vacuum(?:\s+(?:full|sort\s+only|delete\s+only|reindex|recluster)\b)?(?:\s+(?!to\b|boost\b){_NAME})?"
    r"(?:\s+to\s+\d+\s+percent)?(?:\s+boost)?",
    re.IGNORECASE,
)
_ANALYZE = re.compile(r"(analyze.*?)\s+(?:predicate|all)\s+columns", re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=1024)
def translate(sql: str) -> Translated:
    """Raises Refused where Redshift would refuse the statement and PostgreSQL would not, or with other words."""
    statement = Statement(sql)
    try:
        for refused in refusals(statement):
            raise refused
        return _translate(statement)
    except (IndexError, ValueError):
        # Parts are missing; the error of PostgreSQL names them.
        return Translated("run", statement.sql)


def _translate(statement: Statement) -> Translated:
    match statement.head:
        case "begin" | "start":
            return Translated("begin", statement.sql)
        case "copy":
            return Translated("copy", statement.sql, writes=_copied_table(statement))
        case "unload":
            return Translated("unload", statement.sql)
        case "truncate":
            return _translated(statement, "truncate", Rewriter(statement).all())
        case "set" | "show" | "reset":
            return Translated("run", _with_setting(statement))
        case "explain" | "declare":
            pattern = _EXPLAIN if statement.head == "explain" else _CURSOR
            found = pattern.match(statement.sql)
            within = translate(statement.sql[found.end() :]) if found else None
            return Translated("run", f"{found[0]}{within.sql}" if found and within else statement.sql)
        case "vacuum":
            return Translated("run", _vacuum(statement), outside_transaction="VACUUM")
        case "analyze":
            return Translated("run", _ANALYZE.sub(r"\1", statement.sql))
        case "create" if _creates_table(statement):
            return _translated(statement, "run", TableRewriter(statement).create())
        case "alter" if statement.word(1) == "table":
            translated = _translated(statement, "run", TableRewriter(statement).alter())
            return replace(translated, outside_transaction=_autocommitting(statement))
        case "create":
            return _translated(statement, "run", _without_options(statement))
        case "delete" if statement.word(1) != "from":
            return _translated(statement, "run", f"delete from {Rewriter(statement).render(1, len(statement.tokens))}")
    return _translated(statement, "run", Rewriter(statement).all() if statement.tokens else statement.sql)


def _translated(statement: Statement, kind: Kind, sql: str) -> Translated:
    return Translated(kind, sql, writes=_written_table(statement), tables=statement.named_tables)


def _written_table(statement: Statement) -> str:
    after = {"insert": 2, "merge": 2, "update": 1, "delete": 2 if statement.word(1) == "from" else 1}
    if statement.head not in after:
        return ""
    return pg_name(*statement.name(after[statement.head])[0])


def _copied_table(statement: Statement) -> str:
    found = _COPY.match(statement.sql)
    if not found:
        raise Refused("42601", 'syntax error at or near "copy"')
    return _pg_text(found[1])


def _pg_text(name: str) -> str:
    return pg_name(*(part.strip().strip('"') for part in name.split(".")))


def _creates_table(statement: Statement) -> bool:
    return any(statement.word(index) == "table" for index in (1, 2, 3))


def _without_options(statement: Statement) -> str:
    """CREATE VIEW and the like, without what only Redshift knows."""
    rewriter, end = Rewriter(statement), len(statement.tokens)
    if statement.has(end - 4, "with", "no", "schema", "binding"):
        end -= 4
    as_ = statement.find(0, end, "as")
    if statement.has(1, "materialized", "view") and as_:
        _, after_name = statement.name(3)
        return f"{rewriter.render(0, after_name)} {rewriter.render(as_, end)}"
    return rewriter.render(0, end)


def _with_setting(statement: Statement) -> str:
    found = _SETTING.match(statement.sql)
    if not found:
        return statement.sql
    command, name = found[1], found[2].lower()
    rest = _LITERAL.sub(lambda text: f"E{text[0]}" if "\\" in text[0] else text[0], statement.sql[found.end() :])
    if name in SETTINGS:
        return f"{command}redshift.{name}{rest}"
    if name == "search_path" and command.lower().startswith("set"):
        return f"{statement.sql}, {_SEARCH_PATH}"
    return statement.sql


def _vacuum(statement: Statement) -> str:
    found = _VACUUM.fullmatch(statement.sql)
    if not found:
        raise Refused("42601", 'syntax error at or near "vacuum"')
    return f"vacuum {_pg_text(found[1]) if found[1] else ''}".strip()


def _autocommitting(statement: Statement) -> str:
    """The name of an ALTER TABLE which Redshift refuses in a transaction block (Developer Guide: ALTER TABLE)."""
    _, action = statement.name(2)
    if statement.word(action) == "append":
        return "ALTER TABLE APPEND"
    return "ALTER TABLE ALTER COLUMN" if retyped_column(statement) else ""
