"""Views: made, replaced, commented on, queried and dropped as on Redshift."""

from datetime import datetime

import pytest

from redshift_stand_in.sql.refusals import lint
from sql_client import Client

PLAYS = """
create or replace view plays as
with renamed as (
    select
        cast(sessionid as integer) as session_id,
        ts,
        cast(nullif(rtrim(userid), '') as integer) as user_id,
        trim(split_part(location, ',', 2)) as region
    from staging_events
    where page = 'NextSong'
),
timed as (
    select
        renamed.*,
        dateadd(
            millisecond,
            cast(ts % 86400000 as integer),
            dateadd(day, cast((ts - mod(ts, 86400000)) / 86400000 as integer), timestamp '1970-01-01')
        ) as start_time
    from renamed
)
select
    session_id,
    user_id,
    region,
    start_time,
    start_time at time zone 'UTC' at time zone 'America/New_York' as local_time,
    extract(weekday from start_time) as weekday,
    datediff(day, date '2018-11-01', start_time) as days,
    decode(region, 'NY', 'east', 'other') as coast,
    nvl(user_id, -1) as known_user
from timed
"""


@pytest.fixture
def events(client: Client) -> Client:
    client.run(
        "create table staging_events (sessionid bigint, ts bigint, userid varchar(8), location varchar(64), "
        "page varchar(16))",
        "insert into staging_events values (7, 1541121934796, '39 ', 'New York, NY', 'NextSong'), "
        "(7, 1541121934797, '', 'Oslo', 'NextSong'), (8, 1541121934798, '3', 'Oslo', 'Home')",
    )
    return client


def test_a_view_computes_with_the_functions_of_redshift(events: Client) -> None:
    events.run(PLAYS)
    assert events.rows("select * from plays order by start_time") == [
        [7, 39, "NY", datetime(2018, 11, 2, 1, 25, 34, 796000), datetime(2018, 11, 1, 21, 25, 34, 796000), 5, 1,
         "east", 39],
        [7, None, "", datetime(2018, 11, 2, 1, 25, 34, 797000), datetime(2018, 11, 1, 21, 25, 34, 797000), 5, 1,
         "other", -1],
    ]  # fmt: skip
    assert lint(PLAYS) == []


def test_a_view_shows_the_rows_of_now_and_joins_with_tables(events: Client) -> None:
    events.run(PLAYS, "create table users (user_id int, name varchar(8))", "insert into users values (39, 'Ann')")
    events.run("delete from staging_events where userid = ''")
    assert events.rows("select name, weekday from plays join users using (user_id)") == [["Ann", 5]]
    assert events.rows("with named as (select u.name from plays p, users u where p.user_id = u.user_id) "
                       "select count(*) from named") == [[1]]  # fmt: skip


def test_a_view_feeds_inserts_and_ctas(events: Client) -> None:
    events.run(PLAYS, "create table songplays as select session_id, start_time from plays")
    events.run("insert into songplays select session_id, start_time from plays where user_id is null")
    assert events.rows("select count(*), count(distinct start_time) from songplays") == [[3, 2]]


def test_a_view_is_replaced_by_one_of_the_same_columns_only(events: Client) -> None:
    events.run("create view v as select sessionid as s from staging_events")
    events.run("create or replace view v as select sessionid + 1 as s from staging_events where page = 'Home'")
    assert events.rows("select s from v") == [[9]]
    state, _ = events.refused("create or replace view v as select page as p from staging_events")
    assert state == "42P16"


def test_comments_on_a_view_and_its_columns_are_shown(events: Client) -> None:
    events.run(
        "create or replace view v (s, p) as select sessionid, page from staging_events with no schema binding",
        "comment on view v is 'Renames\\'s once'",
        "comment on column v.s is 'Session'",
    )
    assert events.rows("select table_type, remarks from svv_tables where table_name = 'v'") == [
        ["VIEW", "Renames's once"]
    ]
    columns = "select column_name, remarks from svv_columns where table_name = 'v' order by ordinal_position"
    assert events.rows(columns) == [["s", "Session"], ["p", None]]


def test_a_dropped_view_is_gone_and_may_be_dropped_again(events: Client) -> None:
    events.run(PLAYS, "drop view if exists plays", "drop view if exists plays")
    assert events.refused("select * from plays") == ("42P01", 'relation "plays" does not exist')


def test_a_table_under_a_view_is_dropped_with_cascade_only(events: Client) -> None:
    events.run(PLAYS)
    state, message = events.refused("drop table staging_events")
    assert (state, "depend" in message) == ("2BP01", True)
    events.run("drop table staging_events cascade")
    assert events.rows("select table_name from svv_tables") == []


def test_a_view_is_made_and_dropped_with_its_transaction(events: Client) -> None:
    events.connection.autocommit = False
    events.run(PLAYS)
    assert events.rows("select count(*) from plays") == [[2]]
    events.connection.rollback()
    assert events.refused("select * from plays")[0] == "42P01"
    events.connection.rollback()


def test_a_reset_takes_views_away(events: Client) -> None:
    events.run(PLAYS)
    events.stand_in.reset()
    assert events.stand_in.query_postgres("select count(*) from pg_views where schemaname = 'public'") == [("0",)]
