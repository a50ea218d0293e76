"""What Redshift refuses and PostgreSQL would run: one table of rules, each with its source.

Sources: `3.7` and the like are sections of the facts this stand-in was built from; they cite the Database Developer Guide
(DG) and what others saw on a real cluster (live). A message marked `plausible` was read nowhere: Redshift answers with an
error there, but in words of its own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from .contract import Refused
from .sql_statement import Statement

Finder = Callable[[Statement], str | None]
"""What breaks the rule, as it stands in the statement; None if nothing does."""

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


# Finders


def words(*texts: str, at: int = 0, head: str = "") -> Finder:
    """Words in a row, in statements which begin with `head`; the error names the one `at` this place."""
    sequences = [text.split() for text in texts]

    def find(statement: Statement) -> str | None:
        if head and statement.head != head:
            return None
        for place in range(len(statement.tokens)):
            for sequence in sequences:
                if statement.has(place, *sequence) and statement.word(place - 1) not in (".", "as"):
                    return statement.source(place + (at if at < len(sequence) else 0))
        return None

    return find


def begins(*texts: str) -> Finder:
    """A statement which begins so."""

    def find(statement: Statement) -> str | None:
        for text in texts:
            if statement.sql.lower().split()[: len(text.split())] == text.split():
                return text.upper()
        return None

    return find


def calls(*names: str, with_tables: bool = False) -> Finder:
    """A call of one of these functions, perhaps only in a statement which names a table."""

    def find(statement: Statement) -> str | None:
        if with_tables and not statement.named_tables:
            return None
        for place in range(len(statement.tokens)):
            if statement.word(place) in names and statement.word(place + 1) == "(":
                return statement.source(place)
        return None

    return find


def keyword_with_tables(*names: str) -> Finder:
    """One of these words, which are calls without parentheses, in a statement which names a table."""

    def find(statement: Statement) -> str | None:
        if not statement.named_tables:
            return None
        for place in range(len(statement.tokens)):
            if statement.word(place) in names and statement.word(place - 1) not in (".", "as"):
                return statement.source(place)
        return None

    return find


def node(kind: type[exp.Expr], is_wrong: Callable[[exp.Expr], bool], found: str = "") -> Finder:
    """A node of the tree for which `is_wrong` holds."""

    def find(statement: Statement) -> str | None:
        for part in statement.tree.find_all(kind) if statement.tree else ():
            if is_wrong(part):
                return found or part.sql(dialect="redshift")
        return None

    return find


def _values_as_source(values: exp.Expr) -> bool:
    return not isinstance(values.parent, exp.Insert) and values.find_ancestor(exp.Merge) is None


_AGGREGATES_OVER_FRAMES = (
    exp.Sum, exp.Avg, exp.Count, exp.Min, exp.Max, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance,
    exp.VariancePop, exp.FirstValue, exp.LastValue, exp.NthValue,
)  # fmt: skip


def _lacks_frame(window: exp.Expr) -> bool:
    function = window.this
    while isinstance(function, exp.IgnoreNulls | exp.RespectNulls):
        function = function.this
    return (
        isinstance(function, _AGGREGATES_OVER_FRAMES) and bool(window.args.get("order")) and not window.args.get("spec")
    )


_STRINGS = {exp.DType.VARCHAR, exp.DType.TEXT, exp.DType.CHAR, exp.DType.NVARCHAR, exp.DType.NCHAR, exp.DType.BPCHAR}
_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not, exp.Boolean)


def _boolean_to_string(cast: exp.Expr) -> bool:
    return cast.args["to"].this in _STRINGS and isinstance(cast.this.unnest(), _CONDITIONS)


_ABSENT_TYPES = {
    "serial", "bigserial", "smallserial", "serial4", "serial8", "serial2", "uuid", "json", "jsonb", "bytea", "money",
    "xml", "inet", "cidr", "macaddr", "tsvector", "tsquery", "int4range", "int8range", "numrange", "tsrange", "daterange",
    "hstore", "bit", "point", "box", "circle", "polygon", "path", "lseg",
}  # fmt: skip


def _absent_type(statement: Statement) -> str | None:
    for place in range(len(statement.tokens)):
        if statement.word(place) not in _ABSENT_TYPES or statement.word(place + 1) == ".":
            continue
        before = statement.tokens[place - 1]
        in_column = statement.head in ("create", "alter") and before.token_type in (TokenType.VAR, TokenType.IDENTIFIER)
        is_format = statement.head in ("copy", "unload")
        if not is_format and (in_column or statement.word(place - 1) == "::" or _ends_cast(statement, place)):
            return statement.source(place)
    return None


def _ends_cast(statement: Statement, place: int) -> bool:
    return (
        statement.word(place - 1) == "as"
        and statement.word(place + 1) in (")", "[")
        and "cast" in statement.sql.lower()
    )


def _array_type(statement: Statement) -> str | None:
    for place in range(1, len(statement.tokens) - 1):
        if statement.has(place, "[", "]"):
            return "["
    return None


def _several_actions(statement: Statement) -> str | None:
    if statement.head != "alter" or statement.word(1) != "table":
        return None
    return None if statement.find(2, len(statement.tokens), ",") is None else ","


def _retyped_column(statement: Statement) -> str | None:
    if statement.head != "alter" or statement.word(1) != "table":
        return None
    place = statement.find(2, len(statement.tokens), "type")
    if place is None or statement.word(place + 1) in ("varchar", "character varying", "nvarchar", "text"):
        return None
    return statement.source(place + 1)


def _several_truncated(statement: Statement) -> str | None:
    if statement.head != "truncate":
        return None
    for word in (",", "restart", "cascade", "continue", "restrict"):
        place = statement.find(0, len(statement.tokens), word)
        if place is not None:
            return statement.source(place)
    return None


def _several_statements(statement: Statement) -> str | None:
    return ";" if any(token.token_type is TokenType.SEMICOLON for token in statement.tokens) else None


def _check_constraint(statement: Statement) -> str | None:
    if statement.head not in ("create", "alter") or statement.word(0 + 1) == "view":
        return None
    return next(
        (statement.source(i) for i in range(len(statement.tokens)) if statement.has(i, "check", "(")),
        None,
    )


def _merge_arms(statement: Statement) -> str | None:
    """Exactly one WHEN MATCHED THEN (UPDATE or DELETE) and one WHEN NOT MATCHED THEN INSERT, without conditions."""
    if statement.head != "merge":
        return None
    arms = []
    for place in range(len(statement.tokens)):
        if statement.has(place, "when", "matched") or statement.has(place, "when", "not", "matched"):
            matched = statement.has(place, "when", "matched")
            then = place + (2 if matched else 3)
            if statement.word(then) != "then":
                return statement.source(then)
            if statement.word(then + 1) not in (("update", "delete") if matched else ("insert",)):
                return statement.source(then + 1)
            arms.append(matched)
    if "remove duplicates" in statement.sql.lower():
        return None
    return None if sorted(arms) == [False, True] else "when"


def _outer_join_of_update(statement: Statement) -> str | None:
    tree = statement.tree
    source = tree.args.get("from_") if isinstance(tree, exp.Update) else None
    if source is None:
        return None
    joins = [*(source.this.args.get("joins") or ()), *(source.args.get("joins") or ()), *(tree.args.get("joins") or ())]
    return "join" if any(join.side for join in joins) else None


def _qualified_target(statement: Statement) -> str | None:
    if statement.head != "update":
        return None
    place = statement.find(0, len(statement.tokens), "set")
    return "." if place and statement.word(place + 2) == "." else None


def _writing_cte(statement: Statement) -> str | None:
    if statement.head != "with":
        return None
    return next(
        (
            statement.source(place)
            for place in range(2, len(statement.tokens))
            if statement.word(place) in ("insert", "update", "delete", "merge") and statement.word(place - 1) == "("
        ),
        None,
    )


def _recursive_without_columns(statement: Statement) -> str | None:
    tree = statement.tree
    with_ = tree.args.get("with_") if tree else None
    if not with_ or not with_.args.get("recursive"):
        return None
    for cte in with_.expressions:
        refers_to_itself = any(table.name == cte.alias for table in cte.this.find_all(exp.Table))
        if refers_to_itself and not cte.args["alias"].columns:
            return str(cte.alias)
    return None


def _table_without_alias_before_qualify(select: exp.Expr) -> bool:
    clauses = ("where", "group", "having", "joins", "laterals")
    if not select.args.get("qualify") or any(select.args.get(clause) for clause in clauses):
        return False
    source = select.args.get("from_")
    return bool(source) and isinstance(source.this, exp.Table) and not source.this.alias


def _existing_ctas(statement: Statement) -> str | None:
    tree = statement.tree
    is_ctas = isinstance(tree, exp.Create) and tree.kind == "TABLE" and tree.expression is not None
    return "as" if is_ctas and tree is not None and tree.args.get("exists") else None


def _variable_delimiter(statement: Statement) -> str | None:
    for place in range(len(statement.tokens)):
        if statement.has(place, "listagg", "("):
            _, *delimiter = statement.arguments(place)[0]
            if delimiter and statement.tokens[delimiter[0][0]].token_type is not TokenType.STRING:
                return statement.source(delimiter[0][0])
    return None


def _long_concat(statement: Statement) -> str | None:
    for place in range(len(statement.tokens)):
        if statement.has(place, "concat", "("):
            count = len(statement.arguments(place)[0])
            if count != 2:
                return f"concat({', '.join(['unknown'] * count)})"
    return None


# Developer Guide: Reserved words.
RESERVED = set(
    """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
    blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
    current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc
    disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze
    from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect
    interval into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16
    mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer overlaps
    parallel partition percent permissions pivot placing primary qualify raw readratio recover references rejectlog
    resort respect restore right select session_user similar snapshot some sysdate system table tag tdes text255 text32k
    then timestamp to top trailing true truncatecolumns union unique unnest unpivot user using verbose wallet when where
    with without
    """.split()
)
_WORDS_WITH_A_VALUE = {"user", "sysdate", "current_user", "session_user", "current_user_id", "null", "true", "false"}


def _reserved_name(statement: Statement) -> str | None:
    """A reserved word, unquoted, as the name of a table, column or table alias."""
    for name in statement.tree.find_all(exp.Identifier) if statement.tree else ():
        if name.quoted or name.name.lower() not in RESERVED:
            continue
        parent = name.parent
        if isinstance(parent, exp.Table | exp.TableAlias | exp.ColumnDef | exp.Schema) or (
            isinstance(parent, exp.Column) and name.name.lower() not in _WORDS_WITH_A_VALUE
        ):
            return str(name.name)
    return None


def _user_tables_needed(statement: Statement) -> str | None:
    """LISTAGG, MEDIAN and PERCENTILE run on compute nodes only, so they need a table."""
    if statement.named_tables or statement.tree is None:
        return None
    return calls("listagg", "median", "percentile_cont", "percentile_disc")(statement)


# The table

RULES = (
    Rule(
        "several statements", _several_statements,
        "cannot insert multiple commands into a prepared statement", "42601", "5.2, LAB",
    ),
    Rule("ON CONFLICT", words("on conflict"), SYNTAX, "42601", "3.3, DG: Unsupported PostgreSQL features; plausible"),
    *(
        Rule("RETURNING", words("returning", head=head), SYNTAX, "42601", "3.3, DG: Unsupported PostgreSQL features")
        for head in ("insert", "update", "delete", "merge", "with")
    ),
    Rule("FILTER", words("filter ( where", at=1), SYNTAX, "42601", "3.7, live: AgamiAI/agami-core#325"),
    Rule("DISTINCT ON", words("select distinct on ("), "SELECT DISTINCT ON is not supported", "0A000", "3.7; plausible"),
    Rule("LATERAL", words("lateral"), SYNTAX, "42601", "3.7; plausible"),
    Rule(
        "set-returning functions on tables",
        calls("generate_series", "regexp_split_to_table", "generate_subscripts", "json_array_elements", with_tables=True),
        LEADER, "0A000", "3.7, DG: Leader node-only functions",
    ),
    Rule("VALUES in FROM", node(exp.Values, _values_as_source, "values"), SYNTAX, "42601", "3.7; plausible"),
    Rule("array constructors", words("array ["), SYNTAX, "42601", "3.7, DG: Unsupported PostgreSQL features; plausible"),
    Rule("array types", _array_type, SYNTAX, "42601", "3.1, DG: Unsupported PostgreSQL data types; plausible"),
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
    Rule("CONCAT", _long_concat, NO_FUNCTION, "42883", "DG: CONCAT takes two arguments"),
    Rule(
        "leader-node-only functions on tables",
        calls(
            "now", "age", "version", "current_schema", "current_schemas", "has_database_privilege",
            "has_schema_privilege", "has_table_privilege", "current_time", "timeofday", "pg_get_viewdef", with_tables=True,
        ),
        LEADER, "0A000", "3.5, 3.7, DG: Leader node-only functions",
    ),
    Rule(
        "leader-node-only words on tables",
        keyword_with_tables("current_timestamp", "current_time", "localtime", "localtimestamp", "current_schema"),
        LEADER, "0A000", "3.5, DG: Leader node-only functions",
    ),
    Rule(
        "compute-node-only functions without a table", _user_tables_needed,
        "One or more of the used functions must be applied on at least one user created tables. Examples of user table "
        "only functions are LISTAGG, MEDIAN, PERCENTILE_CONT, etc",
        "0A000", "3.4, DG: Compute node-only functions",
    ),
    Rule("LISTAGG", _variable_delimiter, "LISTAGG delimiter must be a constant", "0A000", "3.7, live; plausible"),
    Rule("types of PostgreSQL", _absent_type, 'unsupported type "{found}"', "0A000", "3.1, 3.7; plausible"),
    Rule("JSON operators", words("->", "->>", "#>", "#>>"), SYNTAX, "42601", "3.7; plausible"),
    Rule(
        "commands of PostgreSQL",
        begins(
            "create index", "create unique index", "drop index", "reindex", "cluster", "create sequence", "alter sequence",
            "drop sequence", "create trigger", "drop trigger", "create rule", "create type", "create domain",
            "create tablespace", "create extension", "create operator", "create aggregate", "create cast",
            "create or replace trigger", "notify", "listen", "unlisten", "do", "savepoint", "release", "rollback to",
            "create unlogged table", "create foreign table", "import foreign schema",
        ),
        NOT_A_COMMAND, "0A000", "3.7, DG: Unsupported PostgreSQL features; plausible",
    ),
    Rule("CHECK", _check_constraint, SYNTAX, "42601", "3.2, 3.7; plausible"),
    Rule(
        "clauses of CREATE TABLE", words("inherits (", "tablespace", "exclude using", "partition by range", head="create"),
        SYNTAX, "42601", "3.7; plausible",
    ),
    Rule("CTAS with IF NOT EXISTS", _existing_ctas, SYNTAX, "42601", "DG: CREATE TABLE AS; plausible"),
    Rule("IS DISTINCT FROM", words("is distinct from", "is not distinct from", at=1), SYNTAX, "42601", "3.7; plausible"),
    Rule(
        "RANGE and GROUPS frames", words("range between", "range unbounded", "range current", "groups between"),
        SYNTAX, "42601", "3.4, DG: Window functions; plausible",
    ),
    Rule(
        "window aggregates without a frame", node(exp.Window, _lacks_frame),
        "Aggregate window functions with an ORDER BY clause require a frame clause", "42601", "3.4, DG: Window functions",
    ),
    Rule("several actions of ALTER TABLE", _several_actions, SYNTAX, "42601", "3.2, DG: ALTER TABLE; plausible"),
    Rule(
        "type of a column", _retyped_column, 'target data type "{found}" is not supported in ALTER COLUMN TYPE',
        "0A000", "3.2, DG: ALTER TABLE; plausible",
    ),
    Rule(
        "IF EXISTS of ALTER TABLE", words("table if exists", "column if not exists", "column if exists", at=1, head="alter"),
        SYNTAX, "42601", "DG: ALTER TABLE; plausible",
    ),
    Rule("TRUNCATE of several tables", _several_truncated, SYNTAX, "42601", "3.7, DG: TRUNCATE; plausible"),
    Rule(
        "boolean to string", node(exp.Cast, _boolean_to_string), "cannot cast type boolean to character varying",
        "42846", "3.7, live: AgamiAI/agami-core#325",
    ),
    Rule("arms of MERGE", _merge_arms, SYNTAX, "42601", "3.3, DG 2026: MERGE; plausible"),
    Rule(
        "outer joins of UPDATE", _outer_join_of_update, "Target table must be part of an equijoin predicate",
        "0A000", "3.3, DG: UPDATE",
    ),
    Rule("SET t.c", _qualified_target, SYNTAX, "42601", "3.3, DG: UPDATE; plausible"),
    Rule("WITH which writes", _writing_cte, SYNTAX, "42601", "DG: WITH clause takes queries; plausible"),
    Rule(
        "WITH RECURSIVE", _recursive_without_columns, "recursive query {found} must have a column list",
        "42601", "3.4, DG: WITH clause; plausible",
    ),
    Rule(
        "QUALIFY after a table without alias", node(exp.Select, _table_without_alias_before_qualify, "qualify"),
        SYNTAX, "42601", "3.4, DG: QUALIFY; plausible",
    ),
    Rule(
        "clauses of SELECT", words("for update", "for share", "fetch first", "fetch next", "tablesample"),
        SYNTAX, "42601", "DG: SELECT has none of them; plausible",
    ),
    Rule("reserved words", _reserved_name, SYNTAX, "42601", "3.7, DG: Reserved words"),
)  # fmt: skip


def _unlimited_text(statement: Statement) -> str | None:
    if statement.head != "create" or not isinstance(statement.tree, exp.Create):
        return None
    for column in statement.tree.find_all(exp.ColumnDef):
        kind = column.args.get("kind")
        if kind is not None and kind.this in _STRINGS and not kind.expressions and kind.this != exp.DType.CHAR:
            return str(column.name)
    return None


def _null_as_with_json(statement: Statement) -> str | None:
    text = statement.sql.lower()
    is_json_copy = statement.head == "copy" and " json " in text
    return "null as" if is_json_copy and " null as " in text else None


# Redshift takes these; who writes them mostly means something else.
ADVICE = (
    Rule("strings without length", _unlimited_text, "{found} holds 256 bytes; give it a length", "", "3.1, 3.7"),
    Rule("TRUNCATE", begins("truncate"), "it commits the open transaction; use DELETE", "", "3.3, DG: TRUNCATE"),
    Rule("COPY of JSON with NULL AS", _null_as_with_json, "NULL AS is not allowed with JSON", "", "1.1, 3.7"),
)
