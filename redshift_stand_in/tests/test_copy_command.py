"""Options of COPY, objects of S3, and errors of both."""

import bz2
import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from copy_bench import REGION, ROLE, A, B, Bench, client, rows_of
from redshift_stand_in.contract import CopyFailed, Refused

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


def test_a_load_reports_its_rows_files_and_lines(bench: Bench) -> None:
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
    ("manifest", "source", "message"),
    [
        ({"entries": [{"url": "in/f"}, {"url": "in/gone", "mandatory": True}]}, "m", "Status 404,Error NoSuchKey"),
        ({"entries": [{"url": "in/gone"}, {"url": "in/away"}]}, "m", "None of the files of the manifest exists"),
        ({"files": []}, "m", "Problem parsing manifest file"),
        ({"entries": []}, "n", "Problem reading manifest file - S3ServiceException:The specified key does not exist"),
        ({"entries": []}, "in", "COPY with MANIFEST parameter requires full path of an S3 object."),
    ],
)  # fmt: skip
def test_a_manifest_which_does_not_hold_fails_the_load(
    bench: Bench, manifest: dict[str, Any], source: str, message: str
) -> None:
    bench.put(f='{"a":1}')
    for entry in manifest.get("entries", []):
        entry["url"] = f"s3://{bench.bucket}/{entry['url']}"
    bench.put_all({"m": json.dumps(manifest)})
    with pytest.raises(CopyFailed, match=message) as failed:
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


def test_a_bucket_which_is_not_there_gives_the_error_of_s3(bench: Bench) -> None:
    missing = Bench(bench.s3, "nowhere-at-all")
    with pytest.raises(CopyFailed, match=r"S3ServiceException:.*,Status 404,Error NoSuchBucket"):
        missing.copy([A])


def test_a_bucket_of_another_region_needs_region(bench: Bench, redshift_s3_endpoint: str) -> None:
    bench.put(f='{"a":1}')
    far = Bench(client(redshift_s3_endpoint, "eu-central-1"), bench.bucket)
    with pytest.raises(CopyFailed, match="must be addressed using the specified endpoint"):
        far.copy([A])
    assert far.rows([A], f"json 'auto' region '{REGION}'") == [("1",)]
    with pytest.raises(CopyFailed, match="Status 301,Error PermanentRedirect"):
        bench.copy([A], "json 'auto' region as 'eu-west-1'")


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [(503, "SlowDown", "Please reduce your request rate."), (403, "AccessDenied", "Access Denied")],
)
def test_an_error_of_s3_comes_in_the_words_of_redshift(bench: Bench, status: int, code: str, message: str) -> None:
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
    ("auth", "options", "message"),
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
        ("iam_role default", "format as orc", "does not read ORC"),
        ("iam_role default", "format as parquet region 'us-east-1'", "REGION argument is not supported for PARQUET"),
        ("iam_role default", "format as parquet maxerror 5", "MAXERROR argument is not supported for PARQUET"),
    ],
)
def test_a_statement_which_redshift_refuses_is_refused(bench: Bench, auth: str, options: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
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
