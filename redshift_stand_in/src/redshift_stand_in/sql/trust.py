"""What a planner answers from declared keys, which nobody enforces.

Redshift's planner leaves out joins, groups and DISTINCT which keys make redundant (Developer Guide: Defining table
constraints). How far it goes is not documented; this goes as far as the page allows: wherever a plain column is that of
a declared key, directly or through sub-queries. A computed value ends the trust.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from redshift_stand_in.sql.statement import DIALECT, Statement

Place = tuple[str, str]
"""Table and column."""

_CONSTRUCTS = re.compile(r"\bdistinct\b|\bhaving\b|\bin\s*\(\s*select\b|\bleft\b", re.IGNORECASE)


@dataclass(frozen=True)
class Key:
    """A declared key; `references` is the table of a foreign one."""

    table: str
    kind: str
    columns: frozenset[str]
    references: str = ""


def depends_on_keys(sql: str) -> bool:
    """Whether keys could answer some of a statement."""
    return bool(_CONSTRUCTS.search(sql))


def trusting(sql: str, keys: Sequence[Key]) -> str:
    """The statement without what the keys answer; as written if that is nothing."""
    tree = Statement(sql).tree
    if tree is None or not keys:
        return sql
    changed = tree.copy()
    trust = _Trust(keys, {cte.alias.lower() for cte in tree.find_all(exp.CTE)})
    for select in changed.find_all(exp.Select):
        trust.leave_out(select)
    return changed.sql(dialect=DIALECT) if changed != tree else sql


class _Trust:
    def __init__(self, keys: Sequence[Key], not_tables: set[str]) -> None:
        self._unique = [key for key in keys if key.kind in ("primary key", "unique")]
        self._foreign = [key for key in keys if key.kind == "foreign key"]
        self._not_tables = not_tables

    def leave_out(self, select: exp.Select) -> None:
        group, having = select.args.get("group"), select.args.get("having")
        if select.args.get("distinct") and not select.args.get("joins") and self._holds_key(select, select.selects):
            select.set("distinct", None)
        if group and having and self._joins_nothing_twice(select) and self._holds_key(select, group.expressions):
            select.set("having", exp.Having(this=_never()))
        where = select.args.get("where")
        for test in [*where.find_all(exp.In)] if where else ():
            if self._always_found(select, test):
                test.replace(exp.Not(this=exp.Is(this=test.this.copy(), expression=exp.Null())))
        if where and any(self._is_anti_join(select, join, where) for join in select.args.get("joins") or ()):
            where.set("this", exp.and_(where.this, _never()))

    def _holds_key(self, select: exp.Select, values: Sequence[exp.Expr]) -> bool:
        """Whether the values hold all columns of a key of one table."""
        places = [self._place(select, value.unalias()) for value in values]
        return any(
            all((key.table, column) in places for column in key.columns) for key in self._unique if None not in places
        )

    def _joins_nothing_twice(self, select: exp.Select) -> bool:
        return all(
            isinstance(join.this, exp.Subquery) and join.this.this.args.get("distinct")
            for join in select.args.get("joins") or ()
        )

    def _always_found(self, select: exp.Select, test: exp.In) -> bool:
        query = test.args.get("query")
        inner = query.this if query else None
        if not isinstance(inner, exp.Select) or inner.args.get("where") or len(inner.selects) != 1:
            return False
        found = self._place(inner, inner.selects[0].unalias())
        return found is not None and self._refers(self._place(select, test.this), found[0])

    def _is_anti_join(self, select: exp.Select, join: exp.Join, where: exp.Where) -> bool:
        """LEFT JOIN on a foreign key, where the key is not null and its row is missing."""
        condition = join.args.get("on")
        if join.side != "LEFT" or not isinstance(condition, exp.EQ) or not isinstance(join.this, exp.Table):
            return False
        written = where.sql(dialect=DIALECT).upper()
        return self._refers(self._place(select, condition.left), join.this.name.lower()) and all(
            text.upper() in written
            for text in (
                f"NOT {condition.left.sql(dialect=DIALECT)} IS NULL",
                f"{condition.right.sql(dialect=DIALECT)} IS NULL",
            )
        )

    def _refers(self, place: Place | None, table: str) -> bool:
        return place is not None and any(
            key.table == place[0] and key.columns == {place[1]} and key.references == table for key in self._foreign
        )

    def _place(self, select: exp.Expr, value: exp.Expr) -> Place | None:
        """The column of a table which a value is."""
        while isinstance(select, exp.SetOperation):
            select = select.this
        from_ = select.args.get("from_")
        if not isinstance(value, exp.Column) or not from_:
            return None
        sources = [from_.this, *(join.this for join in select.args.get("joins") or ())]
        if value.table:
            sources = [source for source in sources if source.alias_or_name.lower() == value.table.lower()]
        if len(sources) != 1:
            return None
        source, name = sources[0], value.name.lower()
        if isinstance(source, exp.Table):
            return None if source.name.lower() in self._not_tables else (source.name.lower(), name)
        inner = source.this if isinstance(source, exp.Subquery) else None
        while isinstance(inner, exp.Subquery | exp.SetOperation):
            inner = inner.this
        column = next((c for c in inner.selects if c.alias_or_name.lower() == name), None) if inner else None
        return self._place(inner, column.unalias()) if inner and column else None


def _never() -> exp.Expr:
    return exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(0))
