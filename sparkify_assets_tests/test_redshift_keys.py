"""A broken key is found, though the planner trusts that it holds."""

from datetime import date

import pytest

from redshift_stand_in import Modes
from sparkify_assets.loading.key_audit import KeyRule, evaluate, key_rules, rules_of_run
from sparkify_assets.models.reading import models
from sparkify_assets.warehouse.base import Session
from sparkify_assets.warehouse.open import open_warehouse
from sparkify_assets_tests.production import Production

DAYS = {"first_day": date(2018, 11, 1), "last_day": date(2018, 11, 2)}
PLAY = """
    insert into songplays (start_time, user_id, song_id, artist_id, session_id, item_in_session, log_date)
    values (timestamp '2018-11-01 10:00:00', 7, 'SO1', 'AR1', 1, 2, date '2018-11-01')
"""
USER = """
    insert into users (user_id, last_seen_ts, last_session_id, last_item_in_session, log_date)
    values (8, 1, 1, 1, date '2018-11-01')
"""


def broken(session: Session, rules: list[KeyRule]) -> dict[str, int]:
    return {rule.name: evaluate(session, rule, DAYS).count for rule in rules}


@pytest.mark.parametrize("trusts_keys", [False, True])
def test_a_planner_who_trusts_keys_does_not_hide_a_broken_one(production: Production, trusts_keys: bool) -> None:
    production.stand_in.modes = Modes(trusts_keys=trusts_keys)
    production.create_tables()
    warehouse = open_warehouse(production.settings())
    plays, users = models()["songplays"], models()["users"]
    with warehouse.transaction() as session:
        session.execute("create temp table affected_songplays (session_id integer, item_in_session integer)")
        session.execute("create temp table new_users (user_id integer)")
        session.execute("insert into new_users values (8)")
        for statement in (PLAY, PLAY, USER, USER):
            session.execute(statement)
        expected = {
            "not_null": 0,
            "unique_session_id_and_item_in_session": 1,
            "primary_key": 0,
            "references_time": 2,
            "references_users": 2,
            "references_songs": 2,
            "references_artists": 2,
        }
        assert broken(session, key_rules(plays)) == expected
        assert broken(session, rules_of_run(plays, {})) == expected
        session.execute(PLAY.replace("date '2018-11-01')", "date '2018-12-01')"))
        assert broken(session, rules_of_run(plays, {}))["unique_session_id_and_item_in_session"] > 0
        assert broken(session, key_rules(users))["primary_key"] == 1
        (of_run,) = [rule for rule in rules_of_run(users, {}) if rule.name == "primary_key"]
        assert evaluate(session, of_run, DAYS).count == 1
