"""CREATE TABLE and ALTER TABLE: what PostgreSQL must not enforce or does not know is taken out.

It travels along as JSON in a comment, `/*declared {...}*/`, which an event trigger of
postgres/prelude/declarations.sql stores: `keys`, `diststyle`, `sortkey` (the first column), `encodings` by column.
"""

import json
from typing import Any

from redshift_stand_in.contract import Refused
from redshift_stand_in.sql.rewriter import Rewriter
from redshift_stand_in.sql.statement import Statement, pg_name

# A statement without effect whose answer reads ALTER TABLE.
_NOTHING = "reset (fillfactor)"
_KEYS = ("primary key", "unique", "foreign key")
_ATTRIBUTES = (
    "default", "identity", "generated", "encode", "distkey", "sortkey", "not", "null", "unique", "primary key",
    "references", "collate",
)  # fmt: skip


class TableRewriter(Rewriter):
    """Rewrites one CREATE TABLE or ALTER TABLE."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(statement)
        self._keys: list[dict[str, Any]] = []
        self._encodings: dict[str, str] = {}
        self._layout: dict[str, str] = {}

    def create(self) -> str:
        """CREATE [TEMP] TABLE, with or without AS."""
        statement, end = self.statement, len(self.statement.tokens)
        index = statement.find(0, end, "table") or 0
        temporary = any(statement.word(i) in ("temp", "temporary") for i in range(index))
        index += 1
        unless_exists = statement.has(index, "if", "not", "exists")
        index += 3 if unless_exists else 0
        name, index = statement.name(index)
        if temporary or name[-1].startswith("#"):
            name = name[-1:]
        columns = ""
        if statement.word(index) == "(":
            elements, index = statement.arguments(index - 1)
            columns = f" ({', '.join(self._elements(elements))})"
        query = statement.find(index, end, "as")
        self._table_attributes(index, end if query is None else query)
        rest = "" if query is None else f" {self.render(query, end)}"
        temp = "temp " if temporary or name[-1].startswith("#") else ""
        unless = "if not exists " if unless_exists else ""
        return f"create {temp}table {unless}{pg_name(*name)}{columns}{self._declared()}{rest}"

    def alter(self) -> str:
        """ALTER TABLE."""
        statement, end = self.statement, len(self.statement.tokens)
        name, index = statement.name(2)
        head = f"alter table {pg_name(*name)}"
        action = statement.word(index)
        if action == "append":
            source, _ = statement.name(index + 2)
            return (
                f"with moved as (delete from {pg_name(*source)} returning *) "
                f"insert into {pg_name(*name)} select * from moved"
            )
        if action == "add":
            start = index + 2 if statement.word(index + 1) == "column" else index + 1
            element = self._element(start, end)
            declared = self._declared()
            return f"{head} {f'add column {element}' if element else _NOTHING}{declared}"
        if action == "alter":
            return f"{head} {self._alter(index + 1, end)}{self._declared()}"
        return f"{head} {self.render(index, end)}"

    def _alter(self, index: int, end: int) -> str:
        statement = self.statement
        if statement.word(index) in ("diststyle", "distkey", "sortkey", "compound", "interleaved", "encode"):
            self._table_attributes(index, end)
            return _NOTHING
        if statement.word(index) == "column":
            index += 1
        name, after = statement.name(index)
        if statement.word(after) == "encode":
            self._encodings[name[0]] = statement.word(after + 1)
            return _NOTHING
        if statement.word(after) == "type":
            kind, _ = self.type(after + 1)
            return f"alter column {pg_name(*name)} type {kind}"
        return f"alter column {self.render(index, end)}"

    def _elements(self, parts: list[tuple[int, int]]) -> list[str]:
        elements = [element for part in parts if (element := self._element(*part))]
        primary = {column for key in self._keys if key["kind"] == "primary key" for column in key["columns"]}
        return [
            # A primary key makes its columns NOT NULL.
            f"{element} not null" if element.split()[0] in primary and "not null" not in element else element
            for element in elements
        ]

    def _element(self, start: int, end: int) -> str:
        statement = self.statement
        if statement.word(start) == "constraint":
            start += 2
        if statement.word(start) in _KEYS:
            self._key(start)
            return ""
        if statement.word(start) == "like" or end - start == 1:
            return self.render(start, end)
        return self._column_definition(start, end)

    def _key(self, index: int) -> None:
        statement = self.statement
        columns, after = statement.arguments(index)
        key: dict[str, Any] = {
            "kind": statement.word(index),
            "columns": [statement.tokens[first].text.lower() for first, _ in columns],
        }
        if statement.word(after) == "references":
            key |= self._reference(after)
        self._keys.append(key)

    def _reference(self, index: int) -> dict[str, Any]:
        statement = self.statement
        table, after = statement.name(index + 1)
        columns = statement.arguments(after - 1)[0] if statement.word(after) == "(" else []
        return {
            "references": ".".join(table),
            "reference_columns": [statement.tokens[first].text.lower() for first, _ in columns],
        }

    def _column_definition(self, start: int, end: int) -> str:
        statement = self.statement
        names, index = statement.name(start)
        name = names[-1]
        first_attribute = statement.find(index, end, *_ATTRIBUTES)
        kind, after = self.type(index)
        kind += self._rest(after, end if first_attribute is None else first_attribute)
        kept = [pg_name(name), kind]
        attribute = first_attribute
        while attribute is not None:
            next_one = self._attribute(name, attribute, end, kept)
            attribute = statement.find(next_one, end, *_ATTRIBUTES)
        return " ".join(kept)

    def _attribute(self, column: str, index: int, end: int, kept: list[str]) -> int:
        """Take one attribute of a column; the index after it."""
        statement = self.statement
        match statement.word(index):
            case "default":
                after = statement.find(index + 1, end, *(word for word in _ATTRIBUTES if word != "null")) or end
                if statement.word(index + 1) == "null":
                    after = index + 2
                kept.append(self.render(index, after))
                return after
            case "identity":
                kept.append(self._identity(index, "always"))
                return statement.closing(index + 1) + 1
            case "generated":
                call = statement.find(index, end, "identity")
                if call is None:
                    raise Refused("42601", 'syntax error at or near "generated"')
                kept.append(self._identity(call, "by default"))
                return statement.closing(call + 1) + 1
            case "encode":
                self._encodings[column] = statement.word(index + 1)
                return index + 2
            case "distkey":
                self._layout["diststyle"] = f"KEY({column})"
            case "sortkey":
                self._layout.setdefault("sortkey", column)
            case "not":
                kept.append("not null")
                return index + 2
            case "unique" | "primary key" as kind:
                self._keys.append({"kind": kind, "columns": [column]})
            case "references":
                self._keys.append({"kind": "foreign key", "columns": [column], **self._reference(index)})
                _, after = statement.name(index + 1)
                return statement.closing(after) + 1 if statement.word(after) == "(" else after
            case "collate":
                return index + 2
        return index + 1

    def _identity(self, call: int, kind: str) -> str:
        arguments, _ = self.statement.arguments(call)
        seed, step = (int(self.render(*argument)) for argument in arguments)
        bound = "minvalue" if step > 0 else "maxvalue"
        return f"generated {kind} as identity (start with {seed} increment by {step} {bound} {seed})"

    def _table_attributes(self, index: int, end: int) -> None:
        """DISTSTYLE, DISTKEY, SORTKEY, ENCODE AUTO and BACKUP, in any order."""
        statement = self.statement
        while index < end:
            word = statement.word(index)
            if statement.word(index + 1) == "(":
                first = statement.tokens[index + 2].text.lower()
                if word == "distkey":
                    self._layout["diststyle"] = f"KEY({first})"
                elif word == "sortkey":
                    self._layout["sortkey"] = first
                index = statement.closing(index + 1) + 1
            elif word == "diststyle":
                self._layout.setdefault("diststyle", statement.word(index + 1).upper())
                index += 2
            elif word in ("backup", "encode", "sortkey"):
                index += 2
            elif word in ("compound", "interleaved"):
                index += 1
            elif word == "distkey":
                self._layout["diststyle"] = f"KEY({statement.tokens[index + 1].text.lower()})"
                index += 2
            else:
                raise Refused("42601", f'syntax error at or near "{statement.source(index)}"')

    def _declared(self) -> str:
        declared: dict[str, Any] = dict(self._layout)
        if self._keys:
            declared["keys"] = self._keys
        if self._encodings:
            declared["encodings"] = self._encodings
        return f" /*declared {json.dumps(declared)}*/" if declared else ""
