"""What a column makes of a value in COPY."""

from typing import Any

import pytest

from copy_bench import A, B, Bench
from redshift_stand_in.contract import LoadError

MULTIBYTE = "Multibyte character not supported for CHAR (Hint: Try using VARCHAR). Invalid char: c3 a9"
BAD_UTF8 = "String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ff (error 3)"
BAD_TIME = "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]"


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
        ("character varying(99)", b'{"b": 1, "a": 2, "b": 3}', '{"b":1,"a":2}'),
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


def test_an_error_names_the_first_refusing_column_with_its_type_and_value(bench: Bench) -> None:
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
