"""A connection which commits each statement by itself."""

from typing import Any

import pytest
import redshift_connector
from redshift_connector.error import Error

from redshift_stand_in import RedshiftStandIn


class Client:
    def __init__(self, stand_in: RedshiftStandIn, **changes: Any) -> None:
        self.stand_in = stand_in
        self.connection = redshift_connector.connect(**(stand_in.dsn | changes))
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.cursor.execute(statement)

    def rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[list[Any]]:
        self.cursor.execute(sql, parameters)
        return [list(row) for row in self.cursor.fetchall()]

    def names(self, sql: str) -> list[str]:
        self.cursor.execute(sql)
        return [column[0] for column in self.cursor.description]

    def refused(self, sql: str) -> tuple[str, str]:
        """SQLSTATE and message."""
        with pytest.raises(Error) as caught:
            self.cursor.execute(sql)
        fields = caught.value.args[0]
        assert isinstance(fields, dict), fields
        return fields["C"], fields["M"]
