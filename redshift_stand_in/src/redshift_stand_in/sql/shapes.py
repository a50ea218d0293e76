"""Constructs which a row of words does not show; each function gives what is wrong, or whether the node is."""

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from redshift_stand_in.sql.finders import calls
from redshift_stand_in.sql.statement import RESERVED, Statement


def values_as_source(values: exp.Expr) -> bool:
    return not isinstance(values.parent, exp.Insert) and values.find_ancestor(exp.Merge) is None


_AGGREGATES_OVER_FRAMES = (
    exp.Sum, exp.Avg, exp.Count, exp.Min, exp.Max, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance,
    exp.VariancePop, exp.FirstValue, exp.LastValue, exp.NthValue,
)  # fmt: skip


def lacks_frame(window: exp.Expr) -> bool:
    function = window.this
    while isinstance(function, exp.IgnoreNulls | exp.RespectNulls):
        function = function.this
    return (
        isinstance(function, _AGGREGATES_OVER_FRAMES) and bool(window.args.get("order")) and not window.args.get("spec")
    )


_STRINGS = {exp.DType.VARCHAR, exp.DType.TEXT, exp.DType.CHAR, exp.DType.NVARCHAR, exp.DType.NCHAR, exp.DType.BPCHAR}
_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not, exp.Boolean)


def boolean_to_string(cast: exp.Expr) -> bool:
    return cast.args["to"].this in _STRINGS and isinstance(cast.this.unnest(), _CONDITIONS)


_ABSENT_TYPES = {
    "serial", "bigserial", "smallserial", "serial4", "serial8", "serial2", "uuid", "json", "jsonb", "bytea", "money",
    "xml", "inet", "cidr", "macaddr", "tsvector", "tsquery", "int4range", "int8range", "numrange", "tsrange",
    "daterange", "hstore", "bit", "point", "box", "circle", "polygon", "path", "lseg",
}  # fmt: skip


def absent_type(statement: Statement) -> str | None:
    for index in range(len(statement.tokens)):
        if statement.word(index) not in _ABSENT_TYPES or statement.word(index + 1) == ".":
            continue
        before = statement.tokens[index - 1]
        in_column = statement.head in ("create", "alter") and before.token_type in (TokenType.VAR, TokenType.IDENTIFIER)
        is_format = statement.head in ("copy", "unload")
        if not is_format and (in_column or statement.word(index - 1) == "::" or ends_cast(statement, index)):
            return statement.source(index)
    return None


def ends_cast(statement: Statement, index: int) -> bool:
    return (
        statement.word(index - 1) == "as"
        and statement.word(index + 1) in (")", "[")
        and "cast" in statement.sql.lower()
    )


def array_type(statement: Statement) -> str | None:
    for index in range(1, len(statement.tokens) - 1):
        if statement.has(index, "[", "]"):
            return "["
    return None


def several_actions(statement: Statement) -> str | None:
    if statement.head != "alter" or statement.word(1) != "table":
        return None
    return None if statement.find(2, len(statement.tokens), ",") is None else ","


def retyped_column(statement: Statement) -> str | None:
    """The type of an ALTER COLUMN .. TYPE."""
    if statement.head != "alter" or statement.word(1) != "table":
        return None
    action = statement.find(2, len(statement.tokens), "alter")
    index = None if action is None else statement.find(action, len(statement.tokens), "type")
    return None if index is None else statement.source(index + 1)


def column_of_other_type(statement: Statement) -> str | None:
    """The same, if it is none of those which may be widened."""
    found = retyped_column(statement)
    return None if not found or found.lower() in ("varchar", "character varying", "nvarchar", "text") else found


def several_truncated(statement: Statement) -> str | None:
    if statement.head != "truncate":
        return None
    for word in (",", "restart", "cascade", "continue", "restrict"):
        index = statement.find(0, len(statement.tokens), word)
        if index is not None:
            return statement.source(index)
    return None


def several_statements(statement: Statement) -> str | None:
    return ";" if any(token.token_type is TokenType.SEMICOLON for token in statement.tokens) else None


def check_constraint(statement: Statement) -> str | None:
    if statement.head not in ("create", "alter"):
        return None
    return next((statement.source(i) for i in range(len(statement.tokens)) if statement.has(i, "check", "(")), None)


def merge_arms(statement: Statement) -> str | None:
    """Exactly one WHEN MATCHED THEN (UPDATE or DELETE) and one WHEN NOT MATCHED THEN INSERT, without conditions."""
    if statement.head != "merge":
        return None
    arms = []
    for index in range(len(statement.tokens)):
        if statement.has(index, "when", "matched") or statement.has(index, "when", "not", "matched"):
            matched = statement.has(index, "when", "matched")
            then = index + (2 if matched else 3)
            if statement.word(then) != "then":
                return statement.source(then)
            if statement.word(then + 1) not in (("update", "delete") if matched else ("insert",)):
                return statement.source(then + 1)
            arms.append(matched)
    if "remove duplicates" in statement.sql.lower():
        return None
    return None if sorted(arms) == [False, True] else "when"


def outer_join_of_update(statement: Statement) -> str | None:
    tree = statement.tree
    source = tree.args.get("from_") if isinstance(tree, exp.Update) else None
    joins = source.this.args.get("joins") if source else None
    return "join" if any(join.side for join in joins or ()) else None


def qualified_target(statement: Statement) -> str | None:
    if statement.head != "update":
        return None
    index = statement.find(0, len(statement.tokens), "set")
    return "." if index and statement.word(index + 2) == "." else None


def writing_cte(statement: Statement) -> str | None:
    if statement.head != "with":
        return None
    return next(
        (
            statement.source(index)
            for index in range(2, len(statement.tokens))
            if statement.word(index) in ("insert", "update", "delete", "merge") and statement.word(index - 1) == "("
        ),
        None,
    )


def recursive_without_columns(statement: Statement) -> str | None:
    tree = statement.tree
    with_ = tree.args.get("with_") if tree else None
    if not with_ or not with_.args.get("recursive"):
        return None
    for cte in with_.expressions:
        refers_to_itself = any(table.name == cte.alias for table in cte.this.find_all(exp.Table))
        if refers_to_itself and not cte.args["alias"].columns:
            return str(cte.alias)
    return None


def table_without_alias_before_qualify(select: exp.Expr) -> bool:
    clauses = ("where", "group", "having", "joins", "laterals")
    if not select.args.get("qualify") or any(select.args.get(clause) for clause in clauses):
        return False
    source = select.args.get("from_")
    return source is not None and isinstance(source.this, exp.Table) and not source.this.alias


def existing_ctas(statement: Statement) -> str | None:
    tree = statement.tree
    is_ctas = isinstance(tree, exp.Create) and tree.kind == "TABLE" and tree.expression is not None
    return "as" if is_ctas and tree is not None and tree.args.get("exists") else None


def variable_delimiter(statement: Statement) -> str | None:
    for index in range(len(statement.tokens)):
        if statement.has(index, "listagg", "("):
            _, *delimiter = statement.arguments(index)[0]
            if delimiter and statement.tokens[delimiter[0][0]].token_type is not TokenType.STRING:
                return statement.source(delimiter[0][0])
    return None


def long_concat(statement: Statement) -> str | None:
    for index in range(len(statement.tokens)):
        if statement.has(index, "concat", "("):
            count = len(statement.arguments(index)[0])
            if count != 2:
                return f"concat({', '.join(['unknown'] * count)})"
    return None


_WORDS_WITH_A_VALUE = {"user", "sysdate", "current_user", "session_user", "current_user_id", "default"}


def reserved_name(statement: Statement) -> str | None:
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


def user_tables_needed(statement: Statement) -> str | None:
    """LISTAGG, MEDIAN and PERCENTILE run on compute nodes only, so they need a table."""
    if statement.named_tables or statement.tree is None:
        return None
    return calls("listagg", "median", "percentile_cont", "percentile_disc")(statement)


def unlimited_text(statement: Statement) -> str | None:
    if statement.head != "create" or not isinstance(statement.tree, exp.Create):
        return None
    for column in statement.tree.find_all(exp.ColumnDef):
        kind = column.args.get("kind")
        if kind is not None and kind.this in _STRINGS and not kind.expressions and kind.this != exp.DType.CHAR:
            return str(column.name)
    return None


def null_as_with_json(statement: Statement) -> str | None:
    text = statement.sql.lower()
    is_json_copy = statement.head == "copy" and " json " in text
    return "null as" if is_json_copy and " null as " in text else None
