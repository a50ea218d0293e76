"""COPY and UNLOAD of the Redshift stand-in: rules of the Developer Guide, each on a file in sight."""

import bz2
import gzip
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest
import redshift_connector
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from redshift_connector.error import ProgrammingError

from sparkify_assets.models.model import Model, models
from sparkify_assets.sample.generator import generate_lake
from sparkify_assets_tests.lakes import Record, event
from sparkify_assets_tests.redshift_stand_in import RedshiftStandIn
from sparkify_assets_tests.redshift_stand_in.contract import (
    Column,
    CopyFailed,
    Loaded,
    LoadError,
    Refused,
    Target,
)
from sparkify_assets_tests.redshift_stand_in.copy_load import run_copy
from sparkify_assets_tests.redshift_stand_in.unload import inner_query, run_unload
from sparkify_assets_tests.workbench import FIRST, SONG_FIELDS, SmallLake, Tables, as_line

ROLE = "arn:aws:iam::123456789012:role/reader"
REGION = "us-west-2"


@dataclass
class Bench:
    """A bucket of its own, and COPY from it."""

    s3: Any
    bucket: str

    def put(self, **files: str | bytes) -> None:
        self.put_all({f"in/{name}": body for name, body in files.items()})

    def put_all(self, files: dict[str, str | bytes]) -> None:
        for key, body in files.items():
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def copy(
        self,
        columns: Sequence[Column],
        options: str = "json 'auto'",
        *,
        source: str = "in/",
        names: str = "",
        roles: Sequence[str] | None = None,
        auth: str = f"iam_role '{ROLE}'",
    ) -> Loaded:
        statement = f"copy t {names} from 's3://{self.bucket}/{source}' {auth} {options}"
        target = Target("public", "t", 16384, tuple(columns))
        return run_copy(statement, target, self.s3, 7, attached_roles=roles)

    def rows(
        self, columns: Sequence[Column], options: str = "json 'auto'", **more: Any
    ) -> list[tuple[str | None, ...]]:
        return rows_of(self.copy(columns, options, **more))

    def refused(self, columns: Sequence[Column], options: str = "json 'auto' maxerror 1000", **more: Any) -> LoadError:
        (error,) = self.copy(columns, options, **more).errors
        return error

    def value(self, type_: str, given: Any, options: str = "", *, nullable: bool = True) -> str | None:
        """What a column of a type makes of a value, given as Python or as bytes of JSON."""
        self.put(a=as_json(given))
        ((found,),) = self.rows([Column("c", type_, nullable)], f"json 'auto' {options}")
        return found

    def refusal(self, type_: str, given: Any, options: str = "", *, nullable: bool = True) -> tuple[int, str]:
        self.put(a=as_json(given))
        error = self.refused([Column("c", type_, nullable)], f"json 'auto' maxerror 9 {options}")
        return error.error_code, error.error_message


def as_json(given: Any) -> bytes:
    return b'{"c": ' + (given if isinstance(given, bytes) else json.dumps(given).encode()) + b"}"


def rows_of(loaded: Loaded) -> list[tuple[str | None, ...]]:
    fields = (line.decode().removesuffix("\n").split("\t") for line in loaded.rows)
    return [tuple(None if field == r"\N" else plain(field) for field in row) for row in fields]


def plain(field: str) -> str:
    for mark, meant in ((r"\t", "\t"), (r"\n", "\n"), (r"\r", "\r"), (r"\\", "\\")):
        field = field.replace(mark, meant)
    return field


def client(endpoint: str, region: str = REGION) -> Any:
    once = Config(retries={"total_max_attempts": 1})
    return boto3.session.Session("test", "test", region_name=region).client("s3", endpoint_url=endpoint, config=once)


@pytest.fixture(scope="module")
def s3(endpoint: str) -> Any:
    return client(endpoint)


@pytest.fixture
def bench(s3: Any, request: pytest.FixtureRequest) -> Bench:
    bucket = f"b{abs(hash(request.node.name)):x}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return Bench(s3, bucket)


MULTIBYTE = "Multibyte character not supported for CHAR (Hint: Try using VARCHAR). Invalid char: c3 a9"
BAD_UTF8 = "String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ff (error 3)"
BAD_TIME = "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]"
A, B = Column("a", "integer"), Column("b", "character varying(8)")


# What a file is


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n', id="a line each"),
        pytest.param('{"a":1,"b":"x"}{"a":2,"b":"y"}', id="nothing between"),
        pytest.param('{"a":1,"b":"x"} \t\r\n\n {"a":2,"b":"y"}', id="blanks between"),
        pytest.param('{\n  "a": 1,\n  "b": "x"\n}\n{"a":2,\n"b":"y"}', id="over several lines"),
        pytest.param('{"z":{"a":9},"a":1,"b":"x","q":[{}]}\n{"b":"y","a":2}', id="keys which no column takes"),
    ],
)
def test_a_file_is_a_run_of_objects(bench: Bench, content: str) -> None:
    bench.put(a=content)
    assert bench.rows([A, B]) == [("1", "x"), ("2", "y")]


def test_a_missing_key_and_null_are_null(bench: Bench) -> None:
    bench.put(a='{"a":null}\n{}')
    assert bench.rows([A, B]) == [(None, None), (None, None)]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param('{"a":1\n{"a":2}', 1, id="cut after a value"),
        pytest.param('{"a":\n{"a":2}', 1, id="cut before a value"),
        pytest.param('{"a":1,"b":"Des\n{"a":2}', 1, id="cut in a string"),
        pytest.param('{"a":1,\n{"a":2}', 1, id="cut after a comma"),
        pytest.param('{\n{"a":2}', 1, id="cut at once"),
        pytest.param('{"a":2}\n{"a":1,"b":"x', 2, id="cut at the end of the file"),
        pytest.param('{"a":2}\n## 3 lines lost "{"\n', 2, id="garbage"),
        pytest.param('{"a":2}\nnull', 2, id="a scalar"),
        pytest.param('\n{"a":NaN}\n{"a":2}', 2, id="NaN"),
        pytest.param('{"a":1,}\n{"a":2}', 1, id="trailing comma"),
        pytest.param('{"a":01}\n{"a":2}', 1, id="leading zero"),
        pytest.param('{"b":"\\ud800"}\n{"a":2}', 1, id="half a surrogate pair"),
        pytest.param('{\n "a": oops,\n "b": {"x": 1}\n}\n{"a":2}', 4, id="an object over lines"),
    ],
)
def test_damage_costs_one_error_at_its_last_line_and_the_next_object_loads(
    bench: Bench, content: str, line: int
) -> None:
    bench.put(a=content)
    loaded = bench.copy([A], "json 'auto' maxerror 2")
    assert rows_of(loaded) == [("2",)]
    assert [(e.line_number, e.column_name, e.error_code) for e in loaded.errors] == [(line, "", 1216)]
    assert loaded.errors[0].error_message.startswith("Invalid JSON")


def test_several_broken_lines_cost_an_error_each(bench: Bench) -> None:
    bench.put(a='{"a":1\n{"b":"\n##\n{"a":\n{"a":5}')
    loaded = bench.copy([A], "json 'auto' maxerror 5")
    assert rows_of(loaded) == [("5",)]
    assert [e.line_number for e in loaded.errors] == [1, 2, 3, 4]


def test_a_comma_between_objects_is_an_error_per_gap(bench: Bench) -> None:
    bench.put(a='{"a":1},{"a":2},{"a":3}')
    loaded = bench.copy([A], "json 'auto' maxerror 9")
    assert rows_of(loaded) == [("1",), ("2",), ("3",)]
    assert len(loaded.errors) == 2


def test_a_file_which_is_one_array_is_one_row(bench: Bench) -> None:
    bench.put(a='[{"a":1},\n{"a":2}]')
    assert bench.refused([A]).error_message == "Invalid JSONPath format: Member is not an object."
    bench.put_all({"paths.json": '{"jsonpaths": ["$[1].a"]}'})
    assert bench.rows([A], f"json 's3://{bench.bucket}/paths.json'") == [("2",)]


def test_an_object_of_more_than_4_mb_is_an_error(bench: Bench) -> None:
    bench.put(a=as_line({"a": 1, "x": "x" * (4 << 20)}) + b'\n{"a":2}')
    loaded = bench.copy([A], "json 'auto' maxerror 2")
    assert rows_of(loaded) == [("2",)]
    assert [e.line_number for e in loaded.errors] == [1]


def test_the_header_to_ignore_counts_lines(bench: Bench) -> None:
    bench.put(a='{"a":1}\n\n{"a":"x"}\n{"a":3}')
    loaded = bench.copy([A], "json 'auto' ignoreheader 2 maxerror 2")
    assert (rows_of(loaded), loaded.errors[0].line_number) == ([("3",)], 3)


# Which value feeds which column


def test_auto_matches_keys_exactly_and_ignorecase_does_not(bench: Bench) -> None:
    bench.put(a='{"firstName":"x","firstname":"y"}\n{"FIRSTNAME":"z"}')
    name = Column("firstname", "character varying(8)")
    assert bench.rows([name]) == [("y",), (None,)]
    assert bench.rows([name], "format as json 'auto ignorecase'") == [("y",), ("z",)]


@pytest.mark.parametrize("paths", [["$['x']['y'][1]", "$['u v']"], ["$.x.y[1]", "$['u v']"]])
def test_paths_feed_columns_in_order(bench: Bench, paths: list[str]) -> None:
    bench.put(a='{"x":{"y":[7,8]},"u v":"w"}')
    bench.put_all({"paths": json.dumps({"jsonpaths": paths})})
    assert bench.rows([A, B], f"json as 's3://{bench.bucket}/paths'") == [("8", "w")]
    assert bench.rows([A, B], f"json 's3://{bench.bucket}/paths'", names="(a, b)") == [("8", "w")]


def test_a_missing_item_of_an_array_fails_and_a_missing_key_is_null(bench: Bench) -> None:
    bench.put(a='{"y":[7]}\n{"y":[7,8]}\n{}')
    bench.put_all({"p1": '{"jsonpaths":["$.x.z"]}', "p2": '{"jsonpaths":["$.y[1]"]}'})
    assert bench.rows([A], f"json 's3://{bench.bucket}/p1'") == [(None,)] * 3
    loaded = bench.copy([A], f"json 's3://{bench.bucket}/p2' maxerror 9")
    assert [(e.line_number, e.column_name) for e in loaded.errors] == [(1, "a"), (3, "a")]
    assert loaded.errors[0].error_message == "Invalid JSONPath format: Not an array or index out of range."


def test_a_file_of_paths_under_another_key_is_taken_for_auto(bench: Bench) -> None:
    bench.put(a='{"a":1,"x":2}')
    bench.put_all({"p": '{"jsonpath": ["$.x"]}'})
    assert bench.rows([A], f"json 's3://{bench.bucket}/p'") == [("1",)]


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ('{"jsonpaths": ["$.x"', "not one JSON object"),
        ('{"jsonpaths": ["$.x"]} x', "not one JSON object"),
        ('{"jsonpaths": ["$.x", ""]}', "empty or not a string"),
        ('{"jsonpaths": ["$.x", 5]}', "empty or not a string"),
        ('{"jsonpaths": ["$.x", "$[\'y\'].z"]}', "is not a path"),
        ('{"jsonpaths": ["$.x", "$.*"]}', "Number of jsonpaths and the number of columns should match"),
    ],
)
def test_a_damaged_file_of_paths_fails_the_load_whatever_maxerror(bench: Bench, paths: str, said: str) -> None:
    bench.put(a='{"a":1,"x":2}')
    bench.put_all({"p": paths})
    with pytest.raises(CopyFailed, match=said) as failed:
        bench.copy([A], f"json 's3://{bench.bucket}/p' maxerror 1000")
    assert failed.value.errors == ()


def test_a_column_outside_the_list_gets_its_default(bench: Bench) -> None:
    bench.put(a='{"a":1,"b":"x"}')
    loaded = bench.copy([A, replace(B, nullable=False, default="'d'::text")], names="(a)")
    assert (list(loaded.columns), rows_of(loaded)) == (["a"], [("1",)])


def test_a_required_column_outside_the_list_refuses_every_row(bench: Bench) -> None:
    bench.put(a='{"a":1}')
    error = bench.refused([A, replace(B, nullable=False)], names="(a)")
    assert (error.column_name, error.error_code, error.error_message) == ("b", 1213, "Missing data for not-null field")


def test_an_identity_is_only_loaded_with_explicit_ids(bench: Bench) -> None:
    bench.put(a='{"a":1,"id":5}')
    columns = [Column("id", "bigint", False, identity="always"), A]
    assert list(bench.copy(columns).columns) == ["a"]
    assert rows_of(bench.copy(columns, "json 'auto' explicit_ids", names="(id, a)")) == [("5", "1")]
    with pytest.raises(Refused, match="cannot set an identity column to a value"):
        bench.copy(columns, names="(id, a)")


def test_a_column_which_the_table_lacks_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match='column "z" of relation "t" does not exist') as refused:
        bench.copy([A], names="(a, z)")
    assert refused.value.sqlstate == "42703"


# Values


@pytest.mark.parametrize(
    ("type_", "given", "kept"),
    [
        ("integer", 12, "12"),
        ("integer", "12", "12"),
        ("integer", "+12", "12"),
        ("integer", " 7 ", "7"),
        ("integer", "007", "7"),
        ("integer", "", None),
        ("integer", "  ", None),
        ("integer", -2147483648, "-2147483648"),
        ("smallint", 32767, "32767"),
        ("bigint", 9223372036854775807, "9223372036854775807"),
        ("double precision", 246, "246.0"),
        ("double precision", "1e3", "1000.0"),
        ("double precision", 1540906345796.0, "1540906345796.0"),
        ("numeric(7,3)", "20.2599", "20.259"),
        ("numeric(18,0)", 12.9, "12"),
        ("boolean", True, "t"),
        ("boolean", "False", "f"),
        ("boolean", 1, "t"),
        ("character varying(8)", 5, "5"),
        ("character varying(8)", b"1.50", "1.50"),
        ("character varying(40)", b"123456789012345678901234567890", "123456789012345678901234567890"),
        ("character varying(8)", True, "true"),
        ("character varying(8)", "", ""),
        ("character varying(8)", "é🎵", "é🎵"),
        ("character varying(8)", "a\tb\\c\n", "a\tb\\c\n"),
        ("character varying(8)", "ab\0cd", "ab"),
        ("character varying(99)", b'{"a": [1.0, null, "x"] , "b": true}', '{"a":[1.0,null,"x"],"b":true}'),
        ("jsonb", b'{"a": [1.0, null]}', '{"a":[1.0,null]}'),
        ("date", "2018-11-01", "2018-11-01"),
        ("timestamp without time zone", "2018-11-01 12:00:00.25", "2018-11-01 12:00:00.250000"),
    ],
)
def test_a_value_which_fits_is_kept(bench: Bench, type_: str, given: Any, kept: str | None) -> None:
    assert bench.value(type_, given) == kept


@pytest.mark.parametrize(
    ("type_", "given", "code", "message"),
    [
        ("integer", b"1.0", 1207, "Invalid digit, Value '.', Pos 1, Type: Integer"),
        ("bigint", b"15409063.0", 1207, "Invalid digit, Value '.', Pos 8, Type: Long"),
        ("integer", b"1e3", 1207, "Invalid digit, Value 'e', Pos 1, Type: Integer"),
        ("integer", "yesterday", 1207, "Invalid digit, Value 'y', Pos 0, Type: Integer"),
        ("integer", True, 1207, "Invalid digit, Value 't', Pos 0, Type: Integer"),
        ("integer", [1], 1207, "Invalid digit, Value '[', Pos 0, Type: Integer"),
        ("integer", "٣", 1207, "Invalid digit, Value '٣', Pos 0, Type: Integer"),
        ("integer", 2147483648, 1222, "Overflow (Integer valid range -2147483648 to 2147483647)"),
        ("bigint", b"9" * 30, 1222, "Overflow (Long valid range -9223372036854775808 to 9223372036854775807)"),
        ("smallint", 32768, 1222, "Overflow (Short valid range -32768 to 32767)"),
        ("double precision", "long", 1207, "Invalid digit, Value 'l', Pos 0, Type: Double"),
        ("double precision", "NaN", 1207, "Invalid digit, Value 'N', Pos 0, Type: Double"),
        ("numeric(5,2)", "1000", 1204, "Overflow for NUMERIC(5,2)"),
        ("boolean", "maybe", 1210, "Invalid boolean value 'maybe'"),
        ("character varying(8)", "é" * 5, 1204, "String length exceeds DDL length"),
        ("character(8)", "é", 1220, MULTIBYTE),
        ("character varying(8)", "\0x", 1218, "Invalid null byte - field longer than 1 byte"),
        ("character varying(8)", b'"x\xff"', 1220, BAD_UTF8),
        ("date", "1.11.18", 1205, "Invalid Date Format - length must be 10 or more"),
        ("timestamp without time zone", "2018-11-01T12:00:00", 1206, BAD_TIME),
        ("timestamp without time zone", 1541073600000, 1206, BAD_TIME),
        ("jsonb", "x" * 65536, 1224, "String value exceeds the max size of 65535 bytes"),
    ],
)  # fmt: skip
def test_a_value_which_does_not_fit_is_refused_with_its_code(
    bench: Bench, type_: str, given: Any, code: int, message: str
) -> None:
    assert bench.refusal(type_, given) == (code, message)


@pytest.mark.parametrize(("type_", "given"), [("integer", ""), ("integer", None), ("character varying(8)", None)])
def test_null_into_a_required_column_is_refused(bench: Bench, type_: str, given: Any) -> None:
    assert bench.refusal(type_, given, nullable=False) == (1213, "Missing data for not-null field")


@pytest.mark.parametrize(
    ("type_", "given", "option", "kept"),
    [
        ("character varying(5)", "ééé", "truncatecolumns", "éé"),
        ("character varying(5)", "", "emptyasnull", None),
        ("character varying(5)", "  ", "emptyasnull", "  "),
        ("character varying(5)", " \t ", "blanksasnull", None),
        ("character varying(5)", "x  ", "trimblanks", "x"),
        ("character varying(9)", b'"x\xff\xfey"', "acceptinvchars", "x??y"),
        ("character varying(9)", b'"x\xffy"', "acceptinvchars as '^'", "x^y"),
        ("numeric(7,2)", "20.259", "roundec", "20.26"),
        ("date", "01.11.2018", "dateformat 'DD.MM.YYYY'", "2018-11-01"),
        ("date", "2018/11/01", "dateformat 'auto'", "2018-11-01"),
        ("date", "soon", "dateformat 'auto' acceptanydate", None),
        ("timestamp without time zone", 1541073600796, "timeformat 'epochmillisecs'", "2018-11-01 12:00:00.796000"),
        ("timestamp without time zone", "1541073600", "timeformat as 'epochsecs'", "2018-11-01 12:00:00"),
        ("timestamp without time zone", "2018-11-01T12:00:00Z", "timeformat 'auto'", "2018-11-01 12:00:00"),
        ("timestamp without time zone", "01.11.2018 12:30", "timeformat 'DD.MM.YYYY HH24:MI'", "2018-11-01 12:30:00"),
        ("timestamp with time zone", "2018-11-01 12:00:00+02", "", "2018-11-01 10:00:00+00"),
    ],
)
def test_an_option_changes_what_a_column_makes_of_a_value(
    bench: Bench, type_: str, given: Any, option: str, kept: str | None
) -> None:
    assert bench.value(type_, given, option) == kept


def test_auto_times_are_no_epochs(bench: Bench) -> None:
    assert bench.refusal("timestamp without time zone", 1541073600796, "timeformat 'auto'")[0] == 1206


def test_a_fraction_without_quotes_goes_through_floating_point(bench: Bench) -> None:
    assert bench.value("numeric(7,2)", b"1.15") == "1.14"
    assert bench.value("numeric(7,2)", "1.15") == "1.15"
    assert bench.value("numeric(7,2)", b"1.15", "roundec") == "1.15"


def test_an_error_row_names_the_first_column_of_the_list_with_type_length_line_and_value(bench: Bench) -> None:
    line = '{"a": "x", "b": "123456789"}'
    bench.put(f="\n" + line)
    error = bench.refused([A, B], names="(b, a)")
    assert error == LoadError(
        file_name=f"s3://{bench.bucket}/in/f",
        line_number=2,
        column_name="b",
        column_type="varchar",
        column_length="8",
        position=0,
        error_code=1204,
        error_message="String length exceeds DDL length",
        raw_line=line,
        raw_field_value="123456789",
    )


# How many errors a load bears


@pytest.mark.parametrize(
    ("option", "fails"),
    [
        ("", True),
        ("maxerror 0", True),
        ("maxerror 1", True),
        ("maxerror 2", True),
        ("maxerror as 3", False),
        ("ignoreallerrors", False),
    ],
)
def test_a_load_fails_once_its_errors_reach_maxerror(bench: Bench, option: str, fails: bool) -> None:
    bench.put(f='{"a":"x"}\n{"a":1}\n{"a":"y"}\n{"a":2}')
    if not fails:
        loaded = bench.copy([A], f"json 'auto' {option}")
        assert (rows_of(loaded), len(loaded.errors), loaded.outcome.error_count) == ([("1",), ("2",)], 2, 2)
        return
    with pytest.raises(CopyFailed) as failed:
        bench.copy([A], f"json 'auto' {option}")
    assert str(failed.value) == "Load into table 't' failed.  Check 'sys_load_error_detail' system table for details."
    assert len(failed.value.errors) == (2 if option == "maxerror 2" else 1)
    assert failed.value.outcome is not None
    assert (failed.value.outcome.loaded_rows, len(failed.value.files)) == (0, 1)


def test_a_load_is_told_with_its_rows_files_and_lines(bench: Bench) -> None:
    bench.put(f='{"a":1}\n{"a":"x"}\n##\n', g='{"a":3}')
    loaded = bench.copy([A], "json 'auto' maxerror 5")
    assert loaded.notice == "Load into table 't' completed, 2 record(s) loaded successfully."
    assert [(f.file_name.rpartition("/")[2], f.lines, f.bytes) for f in loaded.files] == [("f", 3, 21), ("g", 1, 7)]
    assert (loaded.outcome.loaded_rows, loaded.outcome.file_format) == (2, "json")


def test_noload_checks_and_loads_nothing(bench: Bench) -> None:
    bench.put(f='{"a":1}\n{"a":"x"}')
    loaded = bench.copy([A], "json 'auto' noload maxerror 5")
    assert (rows_of(loaded), len(loaded.errors), loaded.outcome.loaded_rows) == ([], 1, 0)
    with pytest.raises(CopyFailed, match="failed"):
        bench.copy([A], "json 'auto' noload")


# Files


def test_a_prefix_takes_every_key_which_begins_with_it(bench: Bench) -> None:
    bench.put_all({"song/1": '{"a":1}', "song_backup/2": '{"a":2}', "song.bak": '{"a":3}', "son": '{"a":4}'})
    assert sorted(bench.rows([A], source="song")) == [("1",), ("2",), ("3",)]
    assert bench.rows([A], source="song/") == [("1",)]


def test_a_key_with_two_slashes_is_another_key(bench: Bench) -> None:
    bench.put_all({"x//1": '{"a":1}', "x/2": '{"a":2}'})
    assert bench.rows([A], source="x//") == [("1",)]


def test_a_manifest_names_whole_keys_and_twice_is_twice(bench: Bench) -> None:
    bench.put(f='{"a":1}', f2='{"a":2}')
    entries = [{"url": f"s3://{bench.bucket}/in/{name}", "mandatory": True} for name in ("f", "f")]
    entries.append({"url": f"s3://{bench.bucket}/in/gone"})
    bench.put_all({"m": json.dumps({"entries": entries})})
    assert bench.rows([A], "json 'auto' manifest", source="m") == [("1",), ("1",)]


@pytest.mark.parametrize(
    ("manifest", "source", "said"),
    [
        ({"entries": [{"url": "in/f"}, {"url": "in/gone", "mandatory": True}]}, "m", "Status 404,Error NoSuchKey"),
        ({"entries": [{"url": "in/gone"}, {"url": "in/away"}]}, "m", "None of the files of the manifest exists"),
        ({"files": []}, "m", "Problem parsing manifest file"),
        ({"entries": []}, "n", "Problem reading manifest file - S3ServiceException:The specified key does not exist"),
        ({"entries": []}, "in", "COPY with MANIFEST parameter requires full path of an S3 object."),
    ],
)  # fmt: skip
def test_a_manifest_which_does_not_hold_fails_the_load(
    bench: Bench, manifest: dict[str, Any], source: str, said: str
) -> None:
    bench.put(f='{"a":1}')
    for entry in manifest.get("entries", []):
        entry["url"] = f"s3://{bench.bucket}/{entry['url']}"
    bench.put_all({"m": json.dumps(manifest)})
    with pytest.raises(CopyFailed, match=said) as failed:
        bench.copy([A], "json 'auto' manifest", source=source)
    assert (failed.value.sqlstate, failed.value.errors) == ("XX000", ())
    assert "  code:      8001\n" in failed.value.detail
    assert "  query:     7\n" in failed.value.detail


def test_a_prefix_without_objects_fails_the_load(bench: Bench) -> None:
    with pytest.raises(CopyFailed, match="The specified S3 prefix 'in/' does not exist"):
        bench.copy([A])


@pytest.mark.parametrize(("option", "pack"), [("gzip", gzip.compress), ("bzip2", bz2.compress)])
def test_compressed_files_are_read_and_others_refused(
    bench: Bench, option: str, pack: Callable[[bytes], bytes]
) -> None:
    bench.put(f=pack(b'{"a":1}\n'))
    assert bench.rows([A], f"json 'auto' {option}") == [("1",)]
    bench.put(f='{"a":1}')
    with pytest.raises(CopyFailed, match="failed to inflate"):
        bench.copy([A], f"json 'auto' {option} maxerror 100")


def test_many_files_are_read_in_order(bench: Bench) -> None:
    bench.put(**{f"f{n:03}": f'{{"a":{n}}}' for n in range(60)})
    assert bench.rows([A]) == [(str(n),) for n in range(60)]


def test_a_bucket_which_is_not_there_is_told_as_s3_tells_it(bench: Bench) -> None:
    missing = Bench(bench.s3, "nowhere-at-all")
    with pytest.raises(CopyFailed, match=r"S3ServiceException:.*,Status 404,Error NoSuchBucket"):
        missing.copy([A])


def test_a_bucket_of_another_region_needs_region(bench: Bench, endpoint: str) -> None:
    bench.put(f='{"a":1}')
    far = Bench(client(endpoint, "eu-central-1"), bench.bucket)
    with pytest.raises(CopyFailed, match="must be addressed using the specified endpoint"):
        far.copy([A])
    assert far.rows([A], f"json 'auto' region '{REGION}'") == [("1",)]
    with pytest.raises(CopyFailed, match="Status 301,Error PermanentRedirect"):
        bench.copy([A], "json 'auto' region as 'eu-west-1'")


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [(503, "SlowDown", "Please reduce your request rate."), (403, "AccessDenied", "Access Denied")],
)
def test_an_error_of_s3_is_told_in_redshifts_words(bench: Bench, status: int, code: str, message: str) -> None:
    bench.put(f='{"a":1}')
    broken = client(bench.s3.meta.endpoint_url)
    broken.meta.events.register("before-send.s3.GetObject", lambda **_: _answer(status, code, message))
    with pytest.raises(CopyFailed) as failed:
        Bench(broken, bench.bucket).copy([A], "json 'auto' maxerror 100")
    assert failed.value.message.startswith(f"S3ServiceException:{message},Status {status},Error {code},")
    assert f"  context:   S3 key being read : s3://{bench.bucket}/in/f\n" in failed.value.detail


def _answer(status: int, code: str, message: str) -> Any:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    raw = io.BytesIO(body)
    raw.stream = lambda *_, **__: iter([body])  # type: ignore[attr-defined]
    return AWSResponse("http://s3", status, {}, raw)


# Authorization and options


@pytest.mark.parametrize(
    "auth",
    [
        "iam_role default",
        f"iam_role '{ROLE}'",
        f"iam_role '{ROLE},arn:aws:iam::999999999999:role/other'",
        f"credentials 'aws_iam_role={ROLE}'",
        "access_key_id 'AK' secret_access_key 'SK' session_token 'T'",
        "credentials 'aws_access_key_id=AK;aws_secret_access_key=SK'",
    ],
)
def test_each_way_of_authorization_is_taken(bench: Bench, auth: str) -> None:
    bench.put(f='{"a":1}')
    assert bench.rows([A], auth=auth, roles=[ROLE]) == [("1",)]


def test_a_role_which_the_cluster_lacks_is_refused(bench: Bench) -> None:
    bench.put(f='{"a":1}')
    with pytest.raises(CopyFailed, match=rf"is not authorized to assume IAM Role {ROLE}") as failed:
        bench.copy([A], roles=["arn:aws:iam::123456789012:role/another"])
    assert "  code:      8001\n" in failed.value.detail


@pytest.mark.parametrize(
    ("auth", "options", "said"),
    [
        ("", "json 'auto'", "No credentials"),
        (f"iam_role '{ROLE}' access_key_id 'A'", "json 'auto'", "more than one authorization"),
        ("iam_role 'reader'", "json 'auto'", "Invalid credentials"),
        ("iam_role default", "json 'Auto'", "Invalid JSON option"),
        ("iam_role default", "json 'auto' delimiter ','", "DELIMITER argument is not supported for JSON"),
        ("iam_role default", "json 'auto' null as 'x'", "NULL argument is not supported for JSON"),
        ("iam_role default", "json 'auto' fillrecord", "FILLRECORD argument is not supported for JSON"),
        ("iam_role default", "json 'auto' maxerror 5 ignoreallerrors", "MAXERROR and IGNOREALLERRORS"),
        ("iam_role default", "json 'auto' maxerror 100001", "out of range"),
        ("iam_role default", "json 'auto' maxerror many", 'syntax error at or near "MANY"'),
        ("iam_role default", "json 'auto' bananas", 'syntax error at or near "bananas"'),
        ("iam_role default", "json 'auto' region", "syntax error at end of input"),
        ("iam_role default", "format as parquet", "does not read PARQUET"),
    ],
)
def test_a_statement_which_redshift_refuses_is_refused(bench: Bench, auth: str, options: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        bench.copy([A], options, auth=auth)


def test_options_come_in_any_order_and_case_with_comments(bench: Bench) -> None:
    bench.put(f=gzip.compress(b'{"a":1}'))
    options = "MaxError 3 GZIP /* so */ FORMAT JSON AS 'auto' -- here\n COMPUPDATE OFF STATUPDATE comprows 9"
    assert bench.rows([A], options) == [("1",)]


@pytest.mark.parametrize(
    ("options", "content"),
    [
        ("csv", '1,"x,y"\n2,z\n'),
        ("format as csv ignoreheader 1", 'a,b\n1,"x,y"\n2,z\n'),
        ("", "1|x,y\n2|z\n"),
        ("delimiter '\\t'", "1\tx,y\n2\tz\n"),
    ],
)
def test_csv_and_delimited_files_are_read(bench: Bench, options: str, content: str) -> None:
    bench.put(f=content)
    assert bench.rows([A, B], options) == [("1", "x,y"), ("2", "z")]


def test_a_csv_line_of_too_many_or_too_few_columns_is_refused(bench: Bench) -> None:
    bench.put(f="1,x\n2\n3,y,z\n")
    errors = bench.copy([A, B], "csv maxerror 9").errors
    assert [(e.line_number, e.error_code) for e in errors] == [(2, 1203), (3, 1202)]


# The same lake in DuckDB


def columns_of(model: Model, *, without: str) -> list[Column]:
    types = {"INTEGER": "integer", "BIGINT": "bigint", "DOUBLE PRECISION": "double precision"}
    return [
        Column(c.name.lower(), types.get(c.type) or f"character varying({c.byte_limit})", c.nullable)
        for c in model.columns
        if c.name != without
    ]


def upload(bench: Bench, folder: Path, below: str) -> None:
    for path in sorted((folder / below).rglob("*.json*")):
        bench.s3.upload_file(str(path), bench.bucket, path.relative_to(folder).as_posix())
    bench.s3.upload_file(str(folder / "log_json_path.json"), bench.bucket, "paths.json")


def loaded_events(bench: Bench, folder: Path, options: str = "") -> Loaded:
    upload(bench, folder, "log_data")
    columns = columns_of(models()["staging_events"], without="log_date")
    said = f"json 's3://{bench.bucket}/paths.json' maxerror 100000 {options}"
    return bench.copy(columns, said, source="log_data/")


def loaded_songs(bench: Bench, folder: Path, options: str = "") -> Loaded:
    upload(bench, folder, "song_data")
    columns = columns_of(models()["staging_songs"], without="source_file")
    names = f"({', '.join(SONG_FIELDS)})"
    return bench.copy(columns, f"json 'auto' maxerror 100000 {options}", source="song_data/", names=names)


def rejects_of(loaded: Loaded, bench: Bench) -> list[tuple[str, int, str | None]]:
    start = len(f"s3://{bench.bucket}/")
    return sorted((e.file_name[start:], e.line_number, e.column_name or None) for e in loaded.errors)


def typed(model: Model, names: Sequence[str], rows: list[tuple[str | None, ...]]) -> list[tuple[Any, ...]]:
    types = {c.name.lower(): c.type for c in model.columns}
    values = ", ".join(f"cast(c{n} as {types[name.lower()]})" for n, name in enumerate(names))
    with duckdb.connect() as connection:
        connection.execute(f"create table t ({', '.join(f'c{n} varchar' for n in range(len(names)))})")
        connection.executemany(f"insert into t values ({', '.join('?' * len(names))})", rows)
        return sorted(connection.execute(f"select {values} from t").fetchall(), key=repr)


def in_duckdb(tables: Tables, table: str, names: Sequence[str]) -> tuple[list[tuple[Any, ...]], list[Any]]:
    rows = tables.rows(f"select {', '.join(names)} from {table}")
    rejects = tables.rows(
        f"select source_file, line_number, lower(column_name) from load_rejects where table_name = '{table}'"
    )
    return sorted(rows, key=repr), sorted(rejects)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faulty") / "lake"
    generate_lake(folder, days=3, users=100, songs=150, events=1000, faults=0.4, seed=3)
    return folder


def test_the_faults_of_a_generated_lake_are_refused_and_kept_as_in_duckdb(
    bench: Bench, faulty: Path, tmp_path: Path
) -> None:
    tables = Tables(SmallLake.at(faulty), tmp_path / "w.duckdb")
    tables.warehouse.create_tables()
    tables.stage_day("2018-11-01", "2018-11-30")
    tables.stage_songs()
    for table, loaded in (
        ("staging_events", loaded_events(bench, faulty)),
        ("staging_songs", loaded_songs(bench, faulty)),
    ):
        rows, rejects = in_duckdb(tables, table, loaded.columns)
        assert rejects_of(loaded, bench) == rejects
        assert typed(models()[table], loaded.columns, rows_of(loaded)) == rows
        assert len(rejects) > 30
    tables.warehouse.close()


HARD: list[Record | bytes] = [
    event(status="007"), event(status=" 7 "), event(status=""), event(status=1.5), event(status=1.0),
    event(status="1e3"),
    event(status="0x10"), event(status=True), event(status=[1]), event(status=99999999999), event(status=2147483648),
    event(ts=9223372036854775807), event(ts=9223372036854775808), event(ts=""), event(ts=None), event(length="1.5"),
    event(length="1e3"), event(length=""), event(length="long"), event(length="NaN"), event(length="Infinity"),
    event(length={"seconds": 1}), event(length=True), event(level=""), event(level=5), event(level=True),
    event(level="é" * 8), event(level="é" * 9), event(gender="é"), event(song={"a": [1, None]}), event(song=[]),
    event(song="tab\tand \"quotes\" and 'more' \\ 🎵"), event(page=None), event(ts=None, status="abc", gender="FF"),
    b'{"artist": "Des', b"not json", b"null", b"{}", b'"text"', b"5", event(colour="green"), b"[1]",
    as_line(event()).replace(b"Oslo", b"\\ud800"),]  # fmt: skip


def test_hard_values_are_refused_and_kept_as_in_duckdb(bench: Bench, tmp_path: Path) -> None:
    lake = SmallLake(tmp_path / "lake")
    lake.log(FIRST, *HARD)
    tables = Tables(lake, tmp_path / "w.duckdb")
    tables.warehouse.create_tables()
    tables.stage_day()
    loaded = loaded_events(bench, lake.folder)
    rows, rejects = in_duckdb(tables, "staging_events", loaded.columns)
    assert rejects_of(loaded, bench) == rejects
    assert typed(models()["staging_events"], loaded.columns, rows_of(loaded)) == rows
    tables.warehouse.close()


# UNLOAD

VENUES = [
    Column("id", "integer"),
    Column("name", "character varying(20)"),
    Column("open", "boolean"),
    Column("at", "timestamp without time zone"),
    Column("price", "numeric(7,2)"),
    Column("more", "jsonb"),
]
ROWS: list[tuple[str | None, ...]] = [
    ("1", 'a "b", c', "t", "2018-11-01 12:00:00", "1.50", '{"x": [1]}'),
    ("2", None, "f", None, None, None),
    ("3", "d|e", None, "2018-11-02 00:00:00.5", "2.00", None),
]


def unloaded(bench: Bench, options: str, rows: Sequence[tuple[str | None, ...]] = ROWS) -> dict[str, bytes]:
    statement = f"unload ('select 1') to 's3://{bench.bucket}/out/' iam_role '{ROLE}' {options}"
    done = run_unload(statement, VENUES, iter(rows), bench.s3, 8)
    assert done.row_count == len(rows)
    assert done.notice == f"UNLOAD completed, {len(rows)} record(s) unloaded successfully."
    found = bench.s3.list_objects_v2(Bucket=bench.bucket, Prefix="out/").get("Contents", [])
    return {
        f["Key"].removeprefix("out/"): bench.s3.get_object(Bucket=bench.bucket, Key=f["Key"])["Body"].read()
        for f in found
    }


def test_unload_writes_text_over_the_slices(bench: Bench) -> None:
    assert unloaded(bench, "") == {
        "0000_part_00": b'1|a "b", c|t|2018-11-01 12:00:00|1.50|{"x": [1]}\n3|d|e||2018-11-02 00:00:00.5|2.00|\n',
        "0001_part_00": b"2||f|||\n",
    }


def test_unload_writes_csv_with_a_header_into_one_file(bench: Bench) -> None:
    assert unloaded(bench, "format as csv header parallel off gzip null as 'NONE'").keys() == {"000.gz"}
    assert unloaded(bench, "csv header parallel off allowoverwrite")["000"].decode().splitlines() == [
        "id,name,open,at,price,more",
        '1,"a ""b"", c",t,2018-11-01 12:00:00,1.50,"{""x"": [1]}"',
        "2,,f,,,",
        "3,d|e,,2018-11-02 00:00:00.5,2.00,",
    ]


def test_unload_writes_json_which_copy_reads(bench: Bench) -> None:
    files = unloaded(bench, "format json parallel off")
    assert [json.loads(line) for line in files["000.json"].splitlines()][:2] == [
        {"id": 1, "name": 'a "b", c', "open": True, "at": "2018-11-01 12:00:00", "price": 1.5, "more": {"x": [1]}},
        {"id": 2, "name": None, "open": False, "at": None, "price": None, "more": None},
    ]
    assert len(bench.rows(VENUES, source="out/")) == 3


def test_unload_writes_parquet_of_the_columns_types(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(unloaded(bench, "format parquet parallel off")["000.parquet"])
    with duckdb.connect() as connection:
        found = connection.execute(f"select * from read_parquet('{tmp_path / 'f'}')")
        assert [column[1] for column in found.description] == [
            "INTEGER", "VARCHAR", "BOOLEAN", "TIMESTAMP", "DECIMAL(7,2)", "VARCHAR"
        ]  # fmt: skip
        assert [row[:3] for row in found.fetchall()] == [(1, 'a "b", c', True), (2, None, False), (3, "d|e", None)]


def test_unload_refuses_to_overwrite_unless_told(bench: Bench) -> None:
    unloaded(bench, "parallel off")
    with pytest.raises(CopyFailed, match="Specified unload destination on S3 is not empty"):
        unloaded(bench, "parallel off")
    assert unloaded(bench, "parallel on cleanpath").keys() == {"0000_part_00", "0001_part_00"}


def test_unload_lists_its_files_in_a_manifest_which_copy_reads(bench: Bench) -> None:
    files = unloaded(bench, "format json manifest verbose")
    entries = json.loads(files["manifest"])["entries"]
    assert [entry["meta"]["record_count"] for entry in entries] == [2, 1]
    assert len(bench.rows(VENUES, "json 'auto' manifest", source="out/manifest")) == 3


def test_unload_begins_a_new_file_at_maxfilesize(bench: Bench) -> None:
    rows = [(str(n), "x" * (29 << 16), "t", None, None, None) for n in range(3)]
    assert unloaded(bench, "csv parallel off maxfilesize 5 mb", rows).keys() == {"000", "001"}


def test_the_query_of_an_unload_is_unescaped_and_bears_no_limit() -> None:
    start = "unload ('select * from t where s = \\'NV\\' and u = ''x''"
    end = f"') to 's3://b/p' iam_role '{ROLE}'"
    assert inner_query(start + end) == "select * from t where s = 'NV' and u = 'x'"
    with pytest.raises(Refused, match="Limit clause is not supported"):
        inner_query(start + " limit 5" + end)


# Through the wire


@pytest.fixture
def cursor(stand_in: RedshiftStandIn) -> Iterator[Any]:
    stand_in.reset()
    with redshift_connector.connect(**stand_in.dsn) as connection:
        found = connection.cursor()
        found.execute("create table t (id integer not null, name varchar(8), kind varchar(4) default 'new')")
        connection.commit()
        yield found


def answer(cursor: Any, query: str) -> list[list[Any]]:
    cursor.execute(query)
    return [list(row) for row in cursor.fetchall()]


LOAD = "copy t (id, name) from 's3://{}/in/' iam_role default json 'auto'"
ERRORS = (
    "select trim(file_name), line_number, trim(column_name), error_code from sys_load_error_detail "
    "where query_id = pg_last_copy_id() order by line_number"
)


def test_a_load_takes_part_in_the_transaction_and_its_errors_do_not(bench: Bench, cursor: Any) -> None:
    bench.put(f='{"id":1,"name":"a\\tb\\\\"}\n{"id":"x"}\n{"name":"y"}\n')
    cursor.execute(LOAD.format(bench.bucket) + " maxerror 3")
    assert answer(cursor, "select * from t") == [[1, "a\tb\\", "new"]]
    assert answer(cursor, "select pg_last_copy_count()") == [[1]]
    cursor.execute("rollback")
    assert answer(cursor, "select * from t") == []
    file = f"s3://{bench.bucket}/in/f"
    assert answer(cursor, ERRORS) == [[file, 2, "id", 1207], [file, 3, "id", 1213]]


def test_a_load_which_fails_leaves_its_errors_and_its_id(bench: Bench, cursor: Any) -> None:
    bench.put(f='{"id":1}\n{"id":2,"name":"123456789"}\n')
    with pytest.raises(ProgrammingError, match="Check 'sys_load_error_detail' system table"):
        cursor.execute(LOAD.format(bench.bucket))
    cursor.execute("rollback")
    assert answer(cursor, "select count(*) from t") == [[0]]
    assert [row[1:] for row in answer(cursor, ERRORS)] == [[2, "name", 1204]]
    assert answer(
        cursor, "select trim(raw_field_value), trim(raw_line), trim(type), trim(col_length) from stl_load_errors"
    ) == [["123456789", '{"id":2,"name":"123456789"}', "varchar", "8"]]
    assert answer(cursor, "select status, loaded_rows, error_count from sys_load_history") == [["aborted", 0, 1]]


def test_the_load_views_tell_each_file_and_pad_their_texts(bench: Bench, cursor: Any) -> None:
    bench.put(f='{"id":1}\n{"id":"x"}\n', g='{"id":3}')
    cursor.execute(LOAD.format(bench.bucket) + " maxerror 3")
    cursor.execute("commit")
    files = answer(cursor, "select file_name, lines_scanned, bytes_scanned from sys_load_detail order by 1")
    assert [(name.rstrip()[-1], len(name), lines, size) for name, lines, size in files] == [
        ("f", 256, 2, 20), ("g", 256, 1, 8)
    ]  # fmt: skip
    assert answer(
        cursor,
        "select status, table_name, data_source, loaded_rows, source_file_count, source_file_bytes, error_count "
        "from sys_load_history",
    ) == [["completed", "t", f"s3://{bench.bucket}/in/", 2, 2, 28, 1]]
    assert len(answer(cursor, "select filename from stl_load_commits")) == 2
    assert {len(row[0]) for row in answer(cursor, "select error_message from sys_load_error_detail")} == {512}


def test_what_unload_writes_copy_reads(bench: Bench, cursor: Any) -> None:
    cursor.execute("insert into t values (1, 'a|b', null), (2, null, 'k')")
    out = f"'s3://{bench.bucket}/out/' iam_role default"
    cursor.execute(f"unload ('select id, name, kind from t') to {out} format json")
    cursor.execute(f"copy t from {out} format json 'auto'")
    assert answer(cursor, "select id, name, kind, count(*) from t group by 1, 2, 3 order by 1") == [
        [1, "a|b", None, 2], [2, None, "k", 2]
    ]  # fmt: skip
