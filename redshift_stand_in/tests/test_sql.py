"""The stand-in runs Redshift SQL with the results of Redshift, faults included, and refuses what Redshift refuses."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from redshift_stand_in import RedshiftStandIn
from redshift_stand_in.sql.refusals import ADVICE, RULES, lint
from redshift_stand_in.sql.translate import translate
from sql_client import Client


@pytest.fixture(scope="module")
def tables(redshift_server: RedshiftStandIn) -> Iterator[Client]:
    """Tables which no test changes, in a database of their own."""
    redshift_server.postgres.make_database("plays")
    client = Client(redshift_server, database="plays")
    client.run(
        "create table plays (play_id int, title varchar(16), seconds int, level varchar(4), at timestamp, day date)",
        """
        insert into plays values
        (1, 'Alpha', 100, 'free', '2018-11-05 10:20:30.456', '2018-11-05'),
        (2, 'Beta', 201, 'paid', '2018-11-11 23:59:59', '2018-11-11'),
        (3, 'Beta', 301, null, '2018-12-31 00:00:00', '2018-12-31')
        """,
        "create table songs (title varchar(16), artist varchar(16))",
        "insert into songs values ('Alpha', 'Ann'), ('Gamma', 'Guy')",
    )
    yield client
    client.connection.close()


# Queries, and what they give over the three plays

QUERIES = [
    # aggregates
    ("select avg(seconds) from plays", [[200]]),
    ("select avg(seconds) over (partition by level) from plays order by play_id", [[100], [201], [301]]),
    ("select 7 / 2, -7 / 2, 7 / 2.0", [[3, -3, Decimal("3.5")]]),
    ("select sum(seconds), sum(cast(seconds as bigint)) from plays", [[602, Decimal(602)]]),
    ("select avg(cast(seconds as bigint)), avg(cast(seconds as smallint)), avg(-seconds) from plays where play_id > 1",
     [[251, 251, -251]]),
    ("select avg(seconds), sum(seconds), median(seconds) from plays where play_id > 3", [[None, None, None]]),
    ("select median(seconds) from plays", [[Decimal(201)]]),
    ("select median(seconds) from plays where play_id < 3", [[Decimal("150.5")]]),
    ("select listagg(title, '|') within group (order by play_id desc) from plays", [["Beta|Beta|Alpha"]]),
    ("select listagg(distinct title, ', ') within group (order by title) from plays", [["Alpha, Beta"]]),
    ("select listagg(play_id) within group (order by play_id) from plays", [["123"]]),
    ("select approximate count(distinct title) from plays", [[2]]),
    ("select bool_or(seconds > 300), bool_and(seconds > 300) from plays", [[True, False]]),
    (
        "select level, grouping(level), count(*) from plays where level <> '' group by rollup (level) order by 2, 1",
        [["free", 0, 1], ["paid", 0, 1], [None, 1, 2]],
    ),
    ("select grouping_id(level), count(*) from plays group by grouping sets ((level), ()) order by 1, 2 limit 2",
     [[0, 1], [0, 1]]),
    ("select count(*) from (select level, title from plays group by cube (level, title)) as cubed", [[9]]),
    # conditions
    ("select nvl(level, 'none') from plays order by play_id", [["free"], ["paid"], ["none"]]),
    ("select nvl2(level, 'some', 'none') from plays order by play_id", [["some"], ["some"], ["none"]]),
    ("select decode(level, 'free', 0, null, -1, 9) from plays order by play_id", [[0], [9], [-1]]),
    ("select decode(level, 'free', 0) from plays order by play_id", [[0], [None], [None]]),
    ("select try_cast('12' as integer), try_cast('x' as integer), try_cast('1.55' as decimal(4, 1))",
     [[12, None, Decimal("1.6")]]),
    ("select title from plays minus select title from songs", [["Beta"]]),
    # choosing rows
    ("select top 2 play_id from plays order by play_id desc", [[3], [2]]),
    ("select top 1 title from songs union all select top 1 title from songs", [["Alpha"], ["Alpha"]]),
    ("select play_id from plays p qualify row_number() over (partition by title order by at desc) = 1 order by 1",
     [[1], [3]]),
    ("select play_id, rank() over (order by title) as place from plays p qualify place = 2 order by at desc limit 1",
     [[3, 2]]),
    ("select * from songs where title > 'A' qualify row_number() over (order by title desc) = 1", [["Gamma", "Guy"]]),
    ("select p.*, s.artist from plays p left join songs s on p.title = s.title qualify count(*) over () > 5", []),
    ("select * from plays p join songs s on p.title = s.title qualify row_number() over (order by s.title) = 1",
     [[1, "Alpha", 100, "free", datetime(2018, 11, 5, 10, 20, 30, 456000), date(2018, 11, 5), "Alpha", "Ann"]]),
    ("select title, count(*) n from plays group by title qualify rank() over (order by count(*) desc) = 1",
     [["Beta", 2]]),
    # dates
    ("select dateadd(ms, 1500, timestamp '2018-11-05'), dateadd(month, -1, date '2018-03-31')",
     [[datetime(2018, 11, 5, 0, 0, 1, 500000), datetime(2018, 2, 28)]]),
    ("select dateadd(day, 1, '2018-11-05'), dateadd('qtr', 1, at) from plays where play_id = 3",
     [[datetime(2018, 11, 6), datetime(2019, 3, 31)]]),
    ("select datediff(day, '2018-11-05 23:59:59', '2018-11-06 00:00:00'), datediff(hour, '2018-11-05', '2018-11-06')",
     [[1, 24]]),
    ("select datediff(year, date '2018-12-31', date '2019-01-01'), datediff(mon, day, at) from plays where play_id = 1",
     [[1, 0]]),
    ("select datediff(ms, timestamp '1970-01-01', at) from plays where play_id = 1", [[1541413230456]]),
    ("select extract(weekday from at), extract(dow from day), extract(week from at), extract(year from at) from plays "
     "order by play_id",
     [[1, 1, 45, 2018], [0, 0, 45, 2018], [1, 1, 1, 2018]]),
    ("select extract(second from at), extract(ms from at), date_part(second, at), date_part('doy', day) from plays "
     "where play_id = 1",
     [[30, 456, 30.456, 309.0]]),
    ("select date_trunc('week', at), date_trunc('month', day) from plays where play_id = 2",
     [[datetime(2018, 11, 5), datetime(2018, 11, 1)]]),
    ("select to_char(at, 'Day') || '|', to_char(at, 'HH24:MI') from plays where play_id = 1",
     [["Monday   |", "10:20"]]),
    ("select convert_timezone('US/Pacific', at), convert_timezone('US/Pacific', 'UTC', at) from plays where play_id=3",
     [[datetime(2018, 12, 30, 16), datetime(2018, 12, 31, 8)]]),
    ("select trunc(at), last_day(at), add_months(date '2018-02-28', 1) from plays where play_id = 1",
     [[date(2018, 11, 5), date(2018, 11, 30), datetime(2018, 3, 31)]]),
    ("select timestamp 'epoch' + 1541413230 * interval '1 second'", [[datetime(2018, 11, 5, 10, 20, 30)]]),
    ("select datediff(minute, getdate(), sysdate) between -1 and 1 from plays where play_id = 1", [[True]]),
    # strings and numbers
    ("select len('Zoë'), octet_length('Zoë'), len('a  ')", [[3, 4, 3]]),
    ("select concat('a', null), concat('a', 'b')", [[None, "ab"]]),
    ("select split_part('a-b-c', '-', 2), charindex('b', 'abc'), rtrim('a  ')", [["b", 2, "a"]]),
    (r"select regexp_replace('a1b22', '[0-9]+', '#'), regexp_count('a1b22', '\\d'), regexp_substr('a1b22', '\\d+$')",
     [["a#b#", 3, "22"]]),
    (r"select regexp_substr('abc', '[0-9]'), 'it\'s', 'a\\b', 'back''s'", [["", "it's", "a\\b", "back's"]]),
    ("select strtol('ff', 16), strtol('0xFF', 16), strtol('-101', 2)", [[255, 255, -5]]),
    ("select md5('a'), fnv_hash(''), fnv_hash('a')",
     [["0cc175b9c0f1b6a831c399e269772661", -3750763034362895579, -5808556873153909620]]),
    ("select round(cast(2 as double precision) / 3, 4)", [[0.6667]]),
    ("select json_extract_path_text('{\"a\": {\"b\": \"x\"}}', 'a', 'b'), json_extract_path_text('{}', 'a')",
     [["x", ""]]),
    # casts
    ("select cast(12.5 as decimal), 12.5::numeric, cast('1234.567' as decimal(8, 2))",
     [[Decimal(13), Decimal(13), Decimal("1234.57")]]),
    ("select cast('Zoë' as varchar(3)), 'abcdef'::char(3), cast('ab' as char)", [["Zo", "abc", "a"]]),
    ("select len(cast(repeat('x', 300) as text)), len(repeat('x', 300)::varchar(max))", [[256, 300]]),
    # names
    ('select "TITLE" as "Named" from plays where Play_Id = 1', [["Alpha"]]),
    # the session
    ("select split_part(version(), ' ', 2), pg_last_copy_id(), pg_last_copy_count()", [["8.0.2", -1, 0]]),
    ("select current_user, pg_backend_pid() > 0", [["awsuser", True]]),
    ("select database_isolation_level from svv_redshift_databases where database_name = current_database()",
     [["Snapshot Isolation"]]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), QUERIES, ids=[sql for sql, _ in QUERIES])
def test_a_query_gives_what_redshift_gives(tables: Client, sql: str, rows: list[list[Any]]) -> None:
    assert tables.rows(sql) == rows


def test_parameters_are_bound(tables: Client) -> None:
    found = tables.rows(
        "select play_id, datediff(day, %s, day) from plays where day between %s and dateadd(day, 6, %s) and title = %s",
        (date(2018, 11, 1), date(2018, 11, 5), date(2018, 11, 5), "Beta "),
    )
    assert found == [[2, 10]]


def test_names_are_folded_to_lower_case_even_in_quotes(tables: Client) -> None:
    assert tables.names('select "Play_ID" as "TheName", title as Other from "PLAYS"') == ["thename", "other"]


def test_extract_and_date_part_name_their_columns_as_redshift_does(tables: Client) -> None:
    assert tables.names("select extract(hour from at), date_part(hour, at) from plays") == ["date_part", "pgdate_part"]


# Trailing blanks


def test_trailing_blanks_do_not_count_in_comparisons(client: Client) -> None:
    client.run("create table t (a varchar(8))", "insert into t values ('a'), ('a  '), ('b'), (' a')")
    assert client.rows("select count(*) from t where a = 'a '") == [[2]]
    assert client.rows("select count(*) from t where a <> 'a'") == [[2]]
    assert client.rows("select count(*) from t where a in ('a   ', 'c')") == [[2]]
    assert client.rows("select count(*) from t where a not in (select trim('a'))") == [[2]]
    assert client.rows("select 'a' < 'a ', 'a' <= 'a ', rtrim('a ') = 'a  '") == [[False, True, True]]
    assert client.rows("select count(*) from t where a like 'a'") == [[1]]


@pytest.mark.parametrize("method", ["enable_hashjoin", "enable_mergejoin", "enable_hashagg", "enable_sort"])
def test_trailing_blanks_do_not_count_in_any_kind_of_join_or_group(client: Client, method: str) -> None:
    client.run("create table t (a varchar(8))", "insert into t values ('a'), ('a  '), ('b')", f"set {method} to off")
    assert client.rows("select count(*) from t as x inner join t as y on x.a = y.a") == [[5]]
    assert client.rows("select count(*) from (select distinct a from t) as found") == [[2]]
    assert client.rows("select count(distinct a) from t") == [[2]]
    assert client.rows("select count(*) from t group by a order by 1") == [[1], [2]]
    assert client.rows("select count(*) from (select a from t union select cast('b ' as varchar(8))) as found") == [[2]]
    assert client.rows("select trim(a) from t except select 'a    '") == [["b"]]
    assert client.rows("select max(n) from (select row_number() over (partition by a) as n from t) as found") == [[2]]


# Types


def test_strings_are_measured_in_bytes(client: Client) -> None:
    client.run("create table t (a varchar(4), c char(2))")
    client.run("insert into t (a) values ('Zoë')")
    too_long = ("22001", "value too long for type character varying(4)")
    assert client.refused("insert into t (a) values ('Zoëë')") == too_long
    assert client.refused("insert into t (a) select 'Zo' || 'ëë'") == too_long
    assert client.refused("update t set a = a || 'x'") == too_long
    assert client.refused("insert into t (c) values ('abc')") == ("22001", "value too long for type character(2)")
    assert client.rows("select a, octet_length(a) from t") == [["Zoë", 4]]


def test_blanks_beyond_the_length_are_cut(client: Client) -> None:
    client.run("create table t (a varchar(4))", "insert into t values ('ab       '), ('ëë    ')")
    assert client.rows("select a || '|' from t") == [["ab  |"], ["ëë|"]]


def test_types_have_the_lengths_of_redshift(client: Client) -> None:
    lengths = {
        "text": "character varying(256)",
        "varchar": "character varying(256)",
        "character varying": "character varying(256)",
        "nvarchar(20)": "character varying(20)",
        "varchar(max)": "character varying(65535)",
        "char": "character(1)",
        "bpchar": "character(256)",
        "decimal": "numeric(18,0)",
        "numeric": "numeric(18,0)",
        "decimal(10, 2)": "numeric(10,2)",
        "float": "double precision",
        "double precision": "double precision",
        "timestamp without time zone": "timestamp without time zone",
        "timestamptz": "timestamp with time zone",
        "super": "jsonb",
    }
    columns = ", ".join(f"c{place} {written} encode raw default null" for place, written in enumerate(lengths))
    client.run(f"create table t ({columns})")
    stored = client.rows("""select "column", type from pg_table_def where tablename = 't'""")
    assert sorted(stored) == sorted([f"c{place}", length] for place, length in enumerate(lengths.values()))


# Tables


def test_keys_are_remembered_and_not_enforced(client: Client) -> None:
    client.run(
        "create table t (a int primary key, b int unique references other (x), c int, d int, "
        "unique (b, c), foreign key (c) references other (x), constraint named unique (d))",
        "insert into t values (1, 1, 1, 1), (1, 1, 1, 1)",
        "alter table t add primary key (b)",
    )
    assert client.rows("select count(*) from t") == [[2]]
    assert client.rows("select kind, columns, references_table from declared_keys order by kind, columns") == [
        ["foreign key", '["b"]', "other"],
        ["foreign key", '["c"]', "other"],
        ["primary key", '["a"]', None],
        ["primary key", '["b"]', None],
        ["unique", '["b"]', None],
        ["unique", '["d"]', None],
        ["unique", '["b", "c"]', None],
    ]


def test_not_null_is_enforced_and_follows_from_a_primary_key(client: Client) -> None:
    client.run("create table t (a int, b int not null, primary key (a))")
    assert client.refused("insert into t values (null, 1)")[0] == "23502"
    assert client.refused("insert into t values (1, null)")[0] == "23502"


def test_distribution_sort_order_and_encoding_are_taken_and_shown(client: Client) -> None:
    client.run(
        "create table t (a int encode az64, b varchar(8) encode zstd distkey, c int sortkey) backup no",
        "create table u (a int, b int) diststyle key distkey (a) compound sortkey (b, a)",
        "create temp table v distkey (a) sortkey (a) as select 1 as a",
        "create table w (like t)",
        "create table x (a int) encode auto sortkey auto diststyle auto",
        "alter table x alter diststyle all",
        "alter table x alter sortkey (a)",
        "insert into t values (1, 'b', 2)",
        "insert into x values (1)",
    )
    assert client.rows("select \"column\", encoding, distkey, sortkey from pg_table_def where tablename = 't'") == [
        ["a", "az64", False, 0],
        ["b", "zstd", True, 0],
        ["c", "none", False, 1],
    ]
    assert client.rows('select "table", diststyle, sortkey1, tbl_rows from svv_table_info order by 1') == [
        ["t", "KEY(b)", "c", 1],
        ["v", "KEY(a)", "a", 1],
        ["x", "ALL", "a", 1],
    ]


def test_an_identity_has_gaps_and_starts_at_its_seed(client: Client) -> None:
    client.run(
        "create table t (id bigint identity(0, 1) not null, a int)",
        "insert into t (a) values (10), (11)",
        "insert into t (a) select 12",
    )
    assert client.rows("select id from t where a < 12 order by a") == [[0], [1]]
    (third,) = client.rows("select id from t where a = 12")[0]
    assert third > 2
    assert client.refused("insert into t (id, a) values (7, 1)")[0] == "428C9"


def test_an_identity_by_default_takes_values(client: Client) -> None:
    client.run(
        "create table t (id int generated by default as identity(5, 5), a int)",
        "insert into t (id, a) values (7, 1)",
        "insert into t (a) values (2)",
    )
    assert client.rows("select id from t order by a") == [[7], [5]]


def test_temporary_tables_shadow_permanent_ones(client: Client) -> None:
    client.run("create table t (a int)", "create temp table t as select 1 as a", "create table #u as select 2 as b")
    assert client.rows("select a, b from t cross join #u") == [[1, 2]]
    client.run("drop table t", "drop table #u", "select a into #w from t", "insert into #w values (7)")
    assert client.rows("select a from #w") == [[7]]
    assert client.rows("select count(*) from t") == [[0]]


def test_columns_are_added_and_widened(client: Client) -> None:
    client.run(
        "create table t (a varchar(2))",
        "alter table t add column b text encode lzo default 'x'",
        "alter table t alter column a type varchar(4)",
        "alter table t rename column b to c",
        "insert into t (a) values ('abcd')",
    )
    assert client.rows("select a, c from t") == [["abcd", "x"]]


def test_append_moves_the_rows(client: Client) -> None:
    client.run(
        "create table t (a int)", "create table u (a int)", "insert into u values (1)", "alter table t append from u"
    )
    assert client.rows("select (select count(*) from t), (select count(*) from u)") == [[1, 0]]


# Changes of rows


def test_merge_updates_and_inserts(client: Client) -> None:
    client.run(
        "create table t (id int, a varchar(8))",
        "insert into t values (1, 'old'), (2, 'kept')",
        "create temp table s as select 1 as id, upper('new') as a union all select 3, upper('more')",
        "merge into t using s on t.id = s.id when matched then update set a = s.a "
        "when not matched then insert values (s.id, s.a)",
    )
    assert client.rows("select id, a from t order by id") == [[1, "NEW"], [2, "kept"], [3, "MORE"]]


def test_merge_refuses_two_matches_and_inserts_both_of_two_without(client: Client) -> None:
    client.run(
        "create table t (id int, a varchar(8))",
        "insert into t values (1, 'old')",
        "create temp table s as select 1 as id, upper('x') as a union all select 1, upper('y')",
    )
    merge = (
        "using s on t.id = s.id{} when matched then update set a = s.a when not matched then insert values (s.id, s.a)"
    )
    refusal = client.refused(f"merge into t {merge.format('')}")
    assert refusal == ("21000", "Found multiple matches to update the same tuple")
    client.run(f"merge into t {merge.format(' and t.a = s.a')}")
    assert client.rows("select count(*) from t") == [[3]]


def test_rows_are_deleted_and_updated_by_another_table(client: Client) -> None:
    client.run(
        "create table t (a int, b int)",
        "insert into t values (1, 0), (2, 0), (3, 0)",
        "create temp table s as select 1 as a",
        "delete from t using s where t.a = s.a",
        "delete t where a = 2",
        "update t set b = 1 from (select 3 as a) as found where t.a = found.a",
    )
    assert client.rows("select a, b from t") == [[3, 1]]


# Commands


def test_commands_of_redshift_are_taken(client: Client) -> None:
    client.run(
        "create table t (a int)",
        "set enable_result_cache_for_session to off",
        "comment on table t is 'plays'",
        "analyze t",
        "analyze t predicate columns",
        "analyze",
        "vacuum",
        "vacuum full t to 99 percent",
        "vacuum delete only t",
        "explain select top 1 a from t",
        "create view v as select a from t with no schema binding",
        "create materialized view m backup no auto refresh yes as select a from t",
        "refresh materialized view m",
        "grant select on t to public",
    )
    client.connection.autocommit = False
    client.run("lock t")
    client.connection.rollback()


def test_settings_of_redshift_are_kept_and_shown(client: Client) -> None:
    assert client.rows("show query_group") == [["default"]]
    client.run("set query_group to 'nightly'", "set statement_timeout = 60000")
    assert client.rows("show query_group") == [["nightly"]]
    assert client.rows("select current_setting('query_group'), current_setting('statement_timeout')") == [
        ["nightly", "1min"]
    ]
    client.run("reset query_group")
    assert client.rows("select current_setting('query_group')") == [["default"]]


def test_the_search_path_keeps_what_makes_it_redshift(client: Client) -> None:
    client.run(
        "create schema other", "set search_path to other", "create table t (a int)", "insert into t values (3), (4)"
    )
    assert client.rows("select avg(a), len('a') from other.t") == [[3, 1]]


def test_tables_and_columns_are_listed(client: Client) -> None:
    client.run("create table t (a int, b varchar(8))")
    assert client.rows("select schema_name, table_name, table_type from svv_all_tables") == [["public", "t", "TABLE"]]
    assert client.rows(
        "select column_name, data_type, character_maximum_length from svv_all_columns order by ordinal_position"
    ) == [["a", "integer", None], ["b", "character varying", 8]]


def test_empty_tables_are_absent_from_table_info(client: Client) -> None:
    client.run("create table t (a int)", "create table u (a int)", "insert into u values (1), (2)")
    assert client.rows('select "table", tbl_rows from svv_table_info') == [["u", 2]]


@pytest.mark.parametrize(
    "sql",
    ["", ";", "alter table", "create table t (", "insert into", "select cast(", "select 'open", "copy", "merge", "set"],
)
def test_a_text_which_breaks_off_is_a_syntax_error(tables: Client, sql: str) -> None:
    if sql.strip(";"):
        assert tables.refused(sql)[0] == "42601"
    else:
        assert translate(sql).sql == ""


def test_a_statement_is_translated_with_the_tables_it_writes_and_names() -> None:
    def summary(sql: str) -> tuple[str, str, tuple[str, ...]]:
        found = translate(sql)
        return found.kind, found.writes, found.tables

    assert summary("-- why\nbegin transaction;") == ("begin", "", ())
    assert summary("copy s.\"Plays\" (a, b) from 's3://b/k' iam_role default json 'auto'") == ("copy", "s.plays", ())
    assert summary("unload ('select 1') to 's3://b/k' iam_role default") == ("unload", "", ())
    assert summary("truncate table plays") == ("truncate", "", ("plays",))
    assert summary("insert into plays (a) select a from s.songs") == ("run", "plays", ("plays", "s.songs"))
    assert summary("delete plays using songs where true") == ("run", "plays", ("plays", "songs"))
    assert summary("with found as (select 1) select * from found, svv_table_info, plays") == ("run", "", ("plays",))
    merge = "merge into plays using songs on a = b when matched then delete when not matched then insert values (1)"
    assert summary(merge) == ("run", "plays", ("plays", "songs"))
    assert summary("commit") == ("run", "", ())


# What Redshift refuses

LEADER = "Specified types or functions (one per INFO message) not supported on Redshift tables."
COMPUTE = (
    "One or more of the used functions must be applied on at least one user created tables. "
    "Examples of user table only functions are LISTAGG, MEDIAN, PERCENTILE_CONT, etc"
)
FRAME = "Aggregate window functions with an ORDER BY clause require a frame clause"


def near(word: str) -> tuple[str, str]:
    return "42601", f'syntax error at or near "{word}"'


def no_function(name: str) -> tuple[str, str]:
    return "42883", f"function {name} does not exist"


def no_command(name: str) -> tuple[str, str]:
    return "0A000", f'SQL command "{name}" not supported on Redshift tables.'


UNTYPED = ("XX000", 'failed to find conversion function from "unknown" to character varying')


def no_bind(name: str) -> tuple[str, str]:
    return "0A000", f"bind variable {name} is not supported here"


def no_sets(found: str) -> tuple[str, str]:
    return "0A000", f"GROUPING SETS, ROLLUP and CUBE do not take {found}"


REFUSED = [
    ("select 1; select 2", ("42601", "cannot insert multiple commands into a prepared statement")),
    ("insert into songs values ('a', 'b') on conflict do nothing", near("on")),
    ("insert into songs values ('a', 'b') returning title", near("returning")),
    ("delete from songs where title = 'x' RETURNING *", near("RETURNING")),
    ("select count(*) filter (where seconds > 1) from plays", near("(")),
    ("select distinct on (title) title from plays order by title", ("0A000", "SELECT DISTINCT ON is not supported")),
    ("select s.title from plays p, lateral (select title from songs where title = p.title) s", near("lateral")),
    ("select title from plays cross join generate_series(1, 2)", ("0A000", LEADER)),
    ("select * from (values (1), (2)) as v (a)", near("values")),
    ("select a from plays inner join (values (1)) as v (a) on a = play_id", near("values")),
    ("select array[1, 2]", near("array")),
    ("create table t (a int[])", near("[")),
    ("select row(1, 2)", near("row")),
    ("select string_agg(title, ',') from plays", no_function("string_agg")),
    ("select array_agg(title) from plays", no_function("array_agg")),
    ("select clock_timestamp()", no_function("clock_timestamp")),
    ("select nextval('s')", no_function("nextval")),
    ("select concat('a', 'b', 'c')", no_function("concat(unknown, unknown, unknown)")),
    ("select now() from plays", ("0A000", LEADER)),
    ("insert into plays (at) select current_timestamp", ("0A000", LEADER)),
    ("select version() from plays", ("0A000", LEADER)),
    ("select listagg('a', ',')", ("0A000", COMPUTE)),
    ("select median(1)", ("0A000", COMPUTE)),
    ("select listagg(title, level) from plays", ("0A000", "LISTAGG delimiter must be a constant")),
    ("create table t (id serial)", ("0A000", 'unsupported type "serial"')),
    ("create table t (id int, key uuid not null)", ("0A000", 'unsupported type "uuid"')),
    ("select title::json from plays", ("0A000", 'unsupported type "json"')),
    ("select cast(title as jsonb) from plays", ("0A000", 'unsupported type "jsonb"')),
    ("select title -> 'a' from plays", near("->")),
    ("create index i on plays (title)", no_command("CREATE INDEX")),
    ("create sequence s", no_command("CREATE SEQUENCE")),
    ("create trigger t before insert on plays execute procedure p()", no_command("CREATE TRIGGER")),
    ("savepoint s", no_command("SAVEPOINT")),
    ("create table t (a int check (a > 0))", near("check")),
    ("create table t (a int) inherits (plays)", near("inherits")),
    ("create table if not exists t as select 1 as a", near("as")),
    ("create temp view v as select title from plays", near("view")),
    ("create or replace temporary view v as select title from plays", near("view")),
    ("create recursive view v (n) as select 1", near("view")),
    ("create view if not exists v as select 1 as n", near("if")),
    ("create view v as select title from plays with check option", near("check")),
    ("select level is distinct from 'a' from plays", near("distinct")),
    ("select sum(seconds) over (order by at range unbounded preceding) from plays", near("range")),
    ("select sum(seconds) over (order by at) from plays", ("42601", FRAME)),
    ("select first_value(title) over (partition by level order by at) from plays", ("42601", FRAME)),
    ("alter table plays add column a int, add column b int", near(",")),
    ("alter table plays alter column seconds type bigint",
     ("0A000", 'target data type "bigint" is not supported in ALTER COLUMN TYPE')),
    ("alter table plays add column if not exists a int", near("if")),
    ("truncate plays, songs", near(",")),
    ("truncate plays restart identity", near("restart")),
    ("select (seconds > 1)::varchar from plays", ("42846", "cannot cast type boolean to character varying")),
    ("select cast(seen as varchar(5)) from (select seconds > 1 as seen from plays) as p",
     ("42846", "cannot cast type boolean to character varying")),
    ("merge into plays using songs on plays.title = songs.title when matched then delete", near("when")),
    ("merge into plays using songs on plays.title = songs.title when matched and 1 = 1 then delete "
     "when not matched then insert (title) values (songs.title)", near("and")),
    ("merge into plays using songs on plays.title = songs.title when matched then do nothing "
     "when not matched then insert (title) values (songs.title)", near("do")),
    ("update plays set level = s.title from songs s left join songs t on s.title = t.title where plays.title = s.title",
     ("0A000", "Target table must be part of an equijoin predicate")),
    ("update plays set plays.level = 'a'", near(".")),
    ("with gone as (delete from plays where 1 = 0) select 1", near("delete")),
    ("with recursive n as (select 1 as a union all select a + 1 from n where a < 3) select a from n",
     ("42601", "recursive query n must have a column list")),
    ("select title from plays qualify row_number() over (order by at) = 1", near("qualify")),
    ("select title from plays for update", near("for")),
    ("select title from plays fetch first 1 row only", near("fetch")),
    ("select count(*) from (select title from plays where seconds > $1) as p", no_bind("$1")),
    ("with p as (select title from plays where seconds > $1) select title from p", no_bind("$1")),
    ("select title from plays where seconds in (select max(seconds) from plays where level = $1)", no_bind("$1")),
    ("create table t as select title from plays where seconds > $1", no_bind("$1")),
    ("create view v as select title from plays where seconds > $1", no_bind("$1")),
    ("select title from plays limit $1", near("$1")),
    ("select at at time zone $1 from plays", near("$1")),
    ("insert into songs select 'a', title from plays", UNTYPED),
    ("insert into songs (title) select null from plays union all select title from plays", UNTYPED),
    ("insert into songs (title) select $1 from plays", UNTYPED),
    ("select * from (select 'a' as title) as t order by title", UNTYPED),
    ("with t as (select 'a' as title) select title from t order by title", UNTYPED),
    ("create table t as select 'a' as title", UNTYPED),
    ("select count(*) from plays group by grouping sets ((title, title))", no_sets("(title, title)")),
    ("select count(*) from plays group by rollup (title, 1)", no_sets("1")),
    (f"select 1 from plays group by grouping sets ({', '.join(['(title)'] * 65)})", no_sets("more than 64 sets")),
    ("create table t (tag int)", near("tag")),
    ("select user.title from plays as user", near("user")),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "error"), REFUSED, ids=[sql for sql, _ in REFUSED])
def test_what_redshift_lacks_is_refused(tables: Client, sql: str, error: tuple[str, str]) -> None:
    assert tables.refused(sql) == error


def test_each_rule_refuses_something() -> None:
    idle = [
        rule.name
        for rule in RULES
        if not any(f"{rule.name}: " in finding for sql, _ in REFUSED for finding in lint(sql))
    ]
    assert idle == []


ALLOWED = [
    "select 'a' as kind, title from plays",
    "select title from plays where exists (select null from songs)",
    "select case when title = 'a' then 'b' end as kind from (select title from plays) as p",
    "select now(), current_timestamp, current_date",
    "select title as user, level as time from plays",
    "select row_number() over (order by at) from plays",
    "select sum(seconds) over (partition by level order by at rows unbounded preceding) from plays",
    "select sum(seconds) over (partition by level) from plays",
    "select current_date, current_user from plays",
    "with recursive n (a) as (select 1 union all select a + 1 from n where a < 3) select a from n",
    "select 'lateral', 'on conflict' as \"returning\" from plays -- returning",
    "select generate_series(1, 3)",
]


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_only_looks_refused_runs(tables: Client, sql: str) -> None:
    assert lint(sql) == []
    assert tables.rows(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "insert into songs values ($1, 'a')",
        "delete from plays where title = $1",
        "insert into songs (title) select cast('a' as varchar(9)) from plays",
        "with t as (select cast('a' as varchar(9)) as title) select title from t",
    ],
)
def test_binds_of_values_and_texts_with_a_type_are_taken(sql: str) -> None:
    assert lint(sql) == []


@pytest.mark.parametrize(
    ("sql", "advice"),
    [
        ("create table t (a text)", "a holds 256 bytes; give it a length"),
        ("create table t (a varchar)", "a holds 256 bytes; give it a length"),
        ("truncate plays", "it commits the open transaction; use DELETE"),
        ("copy t from 's3://b/k' iam_role default json 'auto' null as 'x'", "NULL AS is not allowed with JSON"),
    ],
)
def test_the_linter_advises_beyond_what_is_refused(sql: str, advice: str) -> None:
    (finding,) = lint(sql)
    assert advice in finding
    assert any(finding.startswith(rule.name) for rule in ADVICE)


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("vacuum t", "VACUUM"),
        ("alter table t append from u", "ALTER TABLE APPEND"),
        ("alter table t alter column a type varchar(9)", "ALTER TABLE ALTER COLUMN"),
    ],
)
def test_what_commits_by_itself_is_refused_in_a_transaction(client: Client, sql: str, name: str) -> None:
    client.run("create table t (a varchar(8))", "create table u (a varchar(8))")
    client.connection.autocommit = False
    client.run("insert into t values ('a')")
    assert client.refused(sql) == ("25001", f"{name} cannot run inside a transaction block")
    client.connection.rollback()
    client.connection.autocommit = True
    client.run(sql)
