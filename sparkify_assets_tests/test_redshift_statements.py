"""Each statement of the product runs on Redshift's SQL."""

from datetime import date
from typing import Any

import redshift_connector

from redshift_stand_in import RedshiftStandIn
from sparkify_assets.loading.changed_plays import CHANGED_DAYS
from sparkify_assets.loading.key_audit import key_rules
from sparkify_assets.models.model import dependency_order, load_order
from sparkify_assets.models.reading import models, views
from sparkify_assets.models.sql_checks import sql_checks
from sparkify_assets.warehouse.redshift.literals import Literals
from sparkify_assets_tests.workbench import load_texts


def test_each_statement_of_the_product_runs(redshift: RedshiftStandIn) -> None:
    connection = redshift_connector.connect(**redshift.dsn)
    connection.autocommit = True
    cursor: Any = connection.cursor()
    literals = Literals(backslash=r"\\")
    days = {"first_day": date(2018, 11, 1), "last_day": date(2018, 11, 30)}
    values = {**days, "time_zone": "America/New_York", "table_name": "top_songs"}

    def run(sql: str) -> None:
        cursor.execute(literals.filled(sql, values))

    for model in dependency_order(models().values()):
        run(model.create)
    for view in views().values():
        run(view.create)
    run(CHANGED_DAYS)
    for model in load_order(models().values()):
        for statement in load_texts(model):
            run(statement)
        for rule in key_rules(model):
            run(f"{rule.query} limit 10")
            run(rule.count_query)
        for check in sql_checks(model):
            run(f"select count(*) from ({check.query}) as broken")
            if check.metrics:
                run(check.metrics)
    connection.close()
