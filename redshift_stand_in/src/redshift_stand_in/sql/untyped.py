"""Values without a type, and bind variables: where Redshift is known, or not known not, to refuse them."""

from sqlglot import exp

from redshift_stand_in.sql.statement import Statement

_MOST_SETS = 64
_EXTENSIONS = (exp.GroupingSets, exp.Rollup, exp.Cube)


def bind_in_subquery(statement: Statement) -> str | None:
    """A bind variable inside of a sub-query, a common table expression, or the query of a CREATE."""
    creates = statement.head == "create"
    nested: list[bool] = []
    for index in range(len(statement.tokens)):
        match statement.word(index):
            case "(":
                nested.append(any(nested[-1:]) or statement.word(index + 1) in ("select", "with"))
            case ")":
                nested = nested[:-1]
            case "$" if creates or any(nested[-1:]):
                return f"${statement.word(index + 1)}"
    return None


def bind_in_clause(statement: Statement) -> str | None:
    """A bind variable as the number of LIMIT, OFFSET or TOP, or as a time zone."""
    for index in range(len(statement.tokens)):
        after_clause = statement.word(index - 1) in ("limit", "offset", "top")
        if statement.word(index) == "$" and (after_clause or statement.word(index - 1) in ("zone", "at time zone")):
            return f"${statement.word(index + 1)}"
    return None


def untyped_value(statement: Statement) -> str | None:
    """A text, null or bind variable as a column of a query which another one or a table takes its columns from."""
    tree = statement.tree
    for select in tree.find_all(exp.Select) if tree else ():
        if not _is_taken(select):
            continue
        for column in select.expressions:
            value = column.unalias()
            if isinstance(value, exp.Null | exp.Parameter) or (isinstance(value, exp.Literal) and value.is_string):
                return str(value.sql(dialect="redshift"))
    return None


def _is_taken(select: exp.Expr) -> bool:
    """Whether the rows go to a table, a view or another query; EXISTS takes no column of them."""
    parent = select.parent
    while isinstance(parent, exp.SetOperation):
        parent = parent.parent
    return isinstance(parent, exp.Subquery | exp.CTE | exp.Insert | exp.Create | exp.In)


def wide_grouping(statement: Statement) -> str | None:
    """What GROUPING SETS, ROLLUP and CUBE do not take: a constant, a column twice in a set, more than 64 sets."""
    for sets in statement.tree.find_all(*_EXTENSIONS) if statement.tree else ():
        if constant := sets.find(exp.Literal):
            return str(constant.sql())
        if isinstance(sets, exp.GroupingSets) and len(sets.expressions) > _MOST_SETS:
            return f"more than {_MOST_SETS} sets"
        for one in sets.find_all(exp.Tuple):
            columns = [part.sql() for part in one.expressions]
            if len(set(columns)) < len(columns):
                return str(one.sql())
    return None
