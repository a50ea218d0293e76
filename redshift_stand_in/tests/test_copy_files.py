"""Which records a file holds, and which value of a record feeds which column."""

import json
from dataclasses import replace

import pytest

from copy_bench import A, B, Bench, rows_of
from redshift_stand_in.contract import Column, CopyFailed, Refused

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
        pytest.param('{"b":"\\ud800","b":"x"}\n{"a":2}', 1, id="half a surrogate pair in a repeated field"),
        pytest.param('{\n "a": oops,\n "b": {"x": 1}\n}\n{"a":2}', 4, id="an object over lines"),
    ],
)
def test_a_broken_record_costs_one_error_and_the_next_object_loads(bench: Bench, content: str, line: int) -> None:
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
    bench.put(a=json.dumps({"a": 1, "x": "x" * (4 << 20)}).encode() + b'\n{"a":2}')
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
    ("paths", "message"),
    [
        ('{"jsonpaths": ["$.x"', "not one JSON object"),
        ('{"jsonpaths": ["$.x"]} x', "not one JSON object"),
        ('{"jsonpaths": ["$.x", ""]}', "empty or not a string"),
        ('{"jsonpaths": ["$.x", 5]}', "empty or not a string"),
        ('{"jsonpaths": ["$.x", "$[\'y\'].z"]}', "is not a path"),
        ('{"jsonpaths": ["$.x", "$.*"]}', "Number of jsonpaths and the number of columns should match"),
    ],
)
def test_a_broken_file_of_paths_fails_the_load_whatever_maxerror(bench: Bench, paths: str, message: str) -> None:
    bench.put(a='{"a":1,"x":2}')
    bench.put_all({"p": paths})
    with pytest.raises(CopyFailed, match=message) as failed:
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
