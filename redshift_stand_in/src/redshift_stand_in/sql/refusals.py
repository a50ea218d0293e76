"""What Redshift refuses and PostgreSQL would run: one table of rules, each with its source.

A source such as `3.7` is a section of the facts which this stand-in was built from; they cite the Database Developer
Guide (DG) and what others saw on a real cluster (live). A message marked `plausible` was read nowhere: Redshift answers
with an error there, but in words of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from redshift_stand_in.contract import Refused
from redshift_stand_in.sql.finders import Finder, begins, calls, keyword_with_tables, node, words
from redshift_stand_in.sql.shapes import (
    absent_type,
    array_type,
    boolean_to_string,
    check_constraint,
    column_of_other_type,
    existing_ctas,
    lacks_frame,
    long_concat,
    merge_arms,
    null_as_with_json,
    outer_join_of_update,
    qualified_target,
    recursive_without_columns,
    reserved_name,
    several_actions,
    several_statements,
    several_truncated,
    table_without_alias_before_qualify,
    unlimited_text,
    user_tables_needed,
    values_as_source,
    variable_delimiter,
    writing_cte,
)
from redshift_stand_in.sql.statement import Statement
from redshift_stand_in.sql.untyped import bind_in_clause, bind_in_subquery, untyped_value, wide_grouping

SYNTAX = 'syntax error at or near "{found}"'
LEADER = "Specified types or functions (one per INFO message) not supported on Redshift tables."
NOT_A_COMMAND = 'SQL command "{found}" not supported on Redshift tables.'
NO_FUNCTION = "function {found} does not exist"


@dataclass(frozen=True)
class Rule:
    """One construct; `message` may name what was `{found}`."""

    name: str
    find: Finder
    message: str
    sqlstate: str
    source: str


def refusals(statement: Statement) -> Iterator[Refused]:
    """The errors Redshift would answer with, the first being the one it would."""
    for rule in RULES:
        found = rule.find(statement)
        if found is not None:
            yield Refused(rule.sqlstate, rule.message.format(found=found))


def lint(sql: str) -> list[str]:
    """What is wrong with a text which is meant for Redshift, for people; parameters may be `:name` or `$1`."""
    statement = Statement(sql)
    return [
        f"{rule.name}: {rule.message.format(found=found)} ({rule.source})"
        for rule in (*RULES, *ADVICE)
        if (found := rule.find(statement)) is not None
    ]


# The table

RULES = (
    Rule(
        "several statements", several_statements,
        "cannot insert multiple commands into a prepared statement", "42601", "5.2, LAB",
    ),
    Rule("ON CONFLICT", words("on conflict"), SYNTAX, "42601", "3.3, DG: Unsupported PostgreSQL features; plausible"),
    *(
        Rule("RETURNING", words("returning", head=head), SYNTAX, "42601", "3.3, DG: Unsupported PostgreSQL features")
        for head in ("insert", "update", "delete", "merge", "with")
    ),
    Rule("FILTER", words("filter ( where", at=1), SYNTAX, "42601", "3.7, live: AgamiAI/agami-core#325"),
    Rule(
        "DISTINCT ON", words("select distinct on ("), "SELECT DISTINCT ON is not supported", "0A000", "3.7; plausible",
    ),
    Rule("LATERAL", words("lateral"), SYNTAX, "42601", "3.7; plausible"),
    Rule(
        "set-returning functions on tables",
        calls("generate_series", "generate_subscripts", "json_array_elements", "unnest", with_tables=True),
        LEADER, "0A000", "3.7, DG: Leader node-only functions",
    ),
    Rule("VALUES in FROM", node(exp.Values, values_as_source, "values"), SYNTAX, "42601", "3.7; plausible"),
    Rule("array constructors", words("array ["), SYNTAX, "42601", "3.7; plausible"),
    Rule("array types", array_type, SYNTAX, "42601", "3.1, DG: Unsupported PostgreSQL data types; plausible"),
    Rule("row constructors", calls("row"), SYNTAX, "42601", "3.7; plausible"),
    Rule(
        "aggregates of PostgreSQL",
        calls(
            "array_agg", "string_agg", "json_agg", "jsonb_agg", "json_object_agg", "xmlagg", "corr", "covar_pop",
            "covar_samp", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope", "regr_sxx",
            "regr_sxy", "regr_syy", "mode", "every",
        ),
        NO_FUNCTION, "42883", "3.7, DG: Unsupported PostgreSQL functions; plausible",
    ),
    Rule(
        "functions of PostgreSQL",
        calls(
            "clock_timestamp", "pg_sleep", "justify_days", "justify_hours", "justify_interval", "width_bucket", "div",
            "setseed", "overlay", "format", "encode", "convert_from", "convert_to", "regexp_matches",
            "regexp_split_to_array", "regexp_split_to_table", "string_to_array", "unnest_array", "gen_random_uuid",
            "to_json", "to_jsonb", "row_to_json", "json_build_object", "jsonb_build_object", "make_date",
            "make_timestamp", "make_interval", "date_bin", "transaction_timestamp", "statement_timestamp", "num_nulls",
            "string_to_table", "quote_nullable", "currval", "nextval", "setval", "lastval",
        ),
        NO_FUNCTION, "42883", "3.7, DG: Unsupported PostgreSQL functions; plausible",
    ),
    Rule("CONCAT", long_concat, NO_FUNCTION, "42883", "DG: CONCAT takes two arguments"),
    Rule(
        "leader-node-only functions on tables",
        calls(
            "now", "age", "version", "current_schema", "current_schemas", "has_database_privilege",
            "has_schema_privilege", "has_table_privilege", "timeofday", "pg_get_viewdef", with_tables=True,
        ),
        LEADER, "0A000", "3.5, 3.7, DG: Leader node-only functions",
    ),
    Rule(
        "leader-node-only words on tables",
        keyword_with_tables("current_timestamp", "current_time", "localtime", "localtimestamp", "current_schema"),
        LEADER, "0A000", "3.5, DG: Leader node-only functions",
    ),
    Rule(
        "compute-node-only functions without a table", user_tables_needed,
        "One or more of the used functions must be applied on at least one user created tables. Examples of user table "
        "only functions are LISTAGG, MEDIAN, PERCENTILE_CONT, etc",
        "0A000", "3.4, DG: Compute node-only functions",
    ),
    Rule("LISTAGG", variable_delimiter, "LISTAGG delimiter must be a constant", "0A000", "3.7, live; plausible"),
    Rule("types of PostgreSQL", absent_type, 'unsupported type "{found}"', "0A000", "3.1, 3.7; plausible"),
    Rule("JSON operators", words("->", "->>", "#>", "#>>"), SYNTAX, "42601", "3.7; plausible"),
    Rule(
        "commands of PostgreSQL",
        begins(
            "create index", "create unique index", "drop index", "reindex", "cluster", "create sequence",
            "alter sequence", "drop sequence", "create trigger", "drop trigger", "create rule", "create type",
            "create domain", "create tablespace", "create extension", "create operator", "create aggregate",
            "create cast", "notify", "listen", "unlisten", "do", "savepoint", "release", "rollback to",
            "create unlogged table", "create foreign table", "import foreign schema",
        ),
        NOT_A_COMMAND, "0A000", "3.7, DG: Unsupported PostgreSQL features; plausible",
    ),
    Rule("CHECK", check_constraint, SYNTAX, "42601", "3.2, 3.7; plausible"),
    Rule(
        "clauses of CREATE TABLE",
        words("inherits (", "tablespace", "exclude using", "partition by range (", head="create"),
        SYNTAX, "42601", "3.7; plausible",
    ),
    Rule(
        "clauses of CREATE VIEW",
        words("temp view", "temporary view", "recursive view", "view if not exists", at=1, head="create"),
        SYNTAX, "42601", "DG: CREATE VIEW has none of them; plausible",
    ),
    Rule(
        "CHECK OPTION of CREATE VIEW",
        words("with check option", "with local check option", "with cascaded check option", at=1, head="create"),
        SYNTAX, "42601", "DG: CREATE VIEW; plausible",
    ),
    Rule("CTAS with IF NOT EXISTS", existing_ctas, SYNTAX, "42601", "DG: CREATE TABLE AS; plausible"),
    Rule(
        "IS DISTINCT FROM", words("is distinct from", "is not distinct from", at=1), SYNTAX, "42601", "3.7; plausible",
    ),
    Rule(
        "RANGE and GROUPS frames", words("range between", "range unbounded", "range current", "groups between"),
        SYNTAX, "42601", "3.4, DG: Window functions; plausible",
    ),
    Rule(
        "window aggregates without a frame", node(exp.Window, lacks_frame),
        "Aggregate window functions with an ORDER BY clause require a frame clause", "42601",
        "3.4, DG: Window functions",
    ),
    Rule("several actions of ALTER TABLE", several_actions, SYNTAX, "42601", "3.2, DG: ALTER TABLE; plausible"),
    Rule(
        "type of a column", column_of_other_type, 'target data type "{found}" is not supported in ALTER COLUMN TYPE',
        "0A000", "3.2, DG: ALTER TABLE; plausible",
    ),
    Rule(
        "IF EXISTS of ALTER TABLE",
        words("table if exists", "column if not exists", "column if exists", at=1, head="alter"),
        SYNTAX, "42601", "DG: ALTER TABLE; plausible",
    ),
    Rule("TRUNCATE of several tables", several_truncated, SYNTAX, "42601", "3.7, DG: TRUNCATE; plausible"),
    Rule(
        "boolean to string", node(exp.Cast, boolean_to_string), "cannot cast type boolean to character varying",
        "42846", "3.7, live: AgamiAI/agami-core#325",
    ),
    Rule("arms of MERGE", merge_arms, SYNTAX, "42601", "3.3, DG 2026: MERGE; plausible"),
    Rule(
        "outer joins of UPDATE", outer_join_of_update, "Target table must be part of an equijoin predicate",
        "0A000", "3.3, DG: UPDATE",
    ),
    Rule("SET t.c", qualified_target, SYNTAX, "42601", "3.3, DG: UPDATE; plausible"),
    Rule("WITH which writes", writing_cte, SYNTAX, "42601", "DG: WITH clause takes queries; plausible"),
    Rule(
        "WITH RECURSIVE", recursive_without_columns, "recursive query {found} must have a column list",
        "42601", "3.4, DG: WITH clause; plausible",
    ),
    Rule(
        "QUALIFY after a table without alias", node(exp.Select, table_without_alias_before_qualify, "qualify"),
        SYNTAX, "42601", "3.4, DG: QUALIFY; plausible",
    ),
    Rule(
        "clauses of SELECT", words("for update", "for share", "fetch first", "fetch next", "tablesample"),
        SYNTAX, "42601", "DG: SELECT has none of them; plausible",
    ),
    Rule(
        "bind variables in sub-queries and CREATE", bind_in_subquery,
        "bind variable {found} is not supported here", "0A000", "9.2, sqlalchemy-redshift#265; plausible",
    ),
    Rule(
        "bind variables in clauses", bind_in_clause, SYNTAX, "42601",
        "9.2, live for LIMIT: amazon-redshift-python-driver#24; plausible",
    ),
    Rule(
        "values without a type", untyped_value,
        'failed to find conversion function from "unknown" to character varying',
        "XX000", "9.3, live: tuva-health/tuva-core#1165, OHDSI/SqlRender#192, dbt-segment#16",
    ),
    Rule(
        "grouping sets", wide_grouping, "GROUPING SETS, ROLLUP and CUBE do not take {found}", "0A000",
        "9.10, DG: Aggregation extensions; plausible",
    ),
    Rule("reserved words", reserved_name, SYNTAX, "42601", "3.7, DG: Reserved words"),
)  # fmt: skip

# Redshift takes these; who writes them mostly means something else.
ADVICE = (
    Rule("strings without length", unlimited_text, "{found} holds 256 bytes; give it a length", "", "3.1, 3.7"),
    Rule("TRUNCATE", begins("truncate"), "it commits the open transaction; use DELETE", "", "3.3, DG: TRUNCATE"),
    Rule("COPY of JSON with NULL AS", null_as_with_json, "NULL AS is not allowed with JSON", "", "1.1, 3.7"),
)
