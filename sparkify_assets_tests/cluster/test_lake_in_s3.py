"""`sparkify lake`: a bucket as a careful person would make it, and a folder which is sent once."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sparkify_assets.cli.main import main
from sparkify_assets.cluster.policies import uploader_policy
from sparkify_assets.lake.upload import PART_BYTES, etag
from sparkify_assets.settings import load_settings
from sparkify_assets_tests.aws_stand_in.rights import RequiredRight, allowed
from sparkify_assets_tests.aws_stand_in.server import AwsStandIn
from sparkify_assets_tests.cluster.workbench import LAKE, WORK, forget_clients, spec
from sparkify_assets_tests.lakes import event, song
from sparkify_assets_tests.workbench import SmallLake

pytestmark = pytest.mark.slow

DAY = "log_data/2018/11/2018-11-01-events.json"


@pytest.fixture
def s3(aws: AwsStandIn, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SPARKIFY_LAKE", LAKE)
    monkeypatch.setenv("SPARKIFY_WORK_URI", WORK)
    forget_clients()
    return aws.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    """Not made by `up`: moto denies what its policy denies, whatever the condition."""
    s3.create_bucket(Bucket="sparkify-raw")
    return "sparkify-raw"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lake = SmallLake(tmp_path / "local")
    lake.song("A/TRA.json", song())
    lake.log("2018-11-01", event())
    lake.write("log_data/.DS_Store", b"x")
    lake.write("notes.txt", b"not of the lake")
    return lake.folder


def sparkify(*arguments: object) -> Result:
    load_settings.cache_clear()
    return CliRunner().invoke(main, ["lake", *map(str, arguments)])


def keys(s3: Any) -> dict[str, int]:
    found = s3.list_objects_v2(Bucket="sparkify-raw").get("Contents", [])
    return {one["Key"].removeprefix("lake/"): one["Size"] for one in found}


def test_a_new_bucket_is_private_encrypted_and_open_to_tls_alone(s3: Any) -> None:
    done = sparkify("up")
    assert done.exit_code == 0, done.output
    for bucket in ("sparkify-raw", "sparkify-work"):
        assert f"{bucket} is created in us-east-1." in done.output
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        (statement,) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
        assert s3.get_bucket_versioning(Bucket=bucket).get("Status") is None


def test_a_bucket_of_another_region_is_named(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    forget_clients()
    assert "sparkify-raw is created in eu-west-1." in sparkify("up").output
    assert s3.get_bucket_location(Bucket="sparkify-raw")["LocationConstraint"] == "eu-west-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    forget_clients()
    refused = sparkify("up")
    assert refused.exit_code == 1
    assert "sparkify-raw is in eu-west-1, and this process works in us-east-1. Set AWS_REGION" in refused.output


def test_an_empty_bucket_is_completed_and_a_filled_one_left(s3: Any) -> None:
    s3.create_bucket(Bucket="sparkify-raw")
    assert "sparkify-raw is private, encrypted, and open to TLS alone." in sparkify("up").output
    s3.delete_bucket_policy(Bucket="sparkify-raw")
    s3.put_object(Bucket="sparkify-raw", Key="x", Body=b"x")
    said = sparkify("up").output
    assert "sparkify-raw takes requests without TLS; it holds objects, and is left as it is." in said
    assert "does not block public access" not in said
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket="sparkify-raw")


def test_a_folder_is_sent_once_and_then_what_changed(s3: Any, bucket: str, folder: Path) -> None:
    first = sparkify("upload", folder)
    assert "3 files sent, 0 unchanged, 0 deleted." in first.output
    assert set(keys(s3)) == {DAY, "song_data/A/TRA.json", "log_json_path.json"}
    assert "0 files sent, 3 unchanged" in sparkify("upload", folder).output
    changed = (folder / DAY).read_bytes().replace(b"free", b"paid")
    (folder / DAY).write_bytes(changed)
    assert "1 files sent, 2 unchanged" in sparkify("upload", folder).output
    assert s3.get_object(Bucket="sparkify-raw", Key=f"lake/{DAY}")["Body"].read() == changed


def test_nothing_is_deleted_unless_it_is_said(s3: Any, bucket: str, folder: Path) -> None:
    sparkify("upload", folder)
    s3.put_object(Bucket="sparkify-raw", Key="lake/elsewhere/x", Body=b"x")
    (folder / "song_data/A/TRA.json").unlink()
    (folder / "song_data/TRB.json").write_text("{}")
    assert f"It holds 1 more, which {folder} lacks; --delete deletes them." in sparkify("upload", folder).output
    assert "song_data/A/TRA.json" in keys(s3)
    assert "0 files sent, 3 unchanged, 1 deleted." in sparkify("upload", folder, "--delete").output
    assert set(keys(s3)) == {DAY, "song_data/TRB.json", "log_json_path.json", "elsewhere/x"}


def test_a_file_of_several_parts_is_known_again(s3: Any, bucket: str, folder: Path) -> None:
    (folder / DAY).write_bytes(b"x" * (2 * PART_BYTES + 1))
    sparkify("upload", folder)
    stored = s3.head_object(Bucket="sparkify-raw", Key=f"lake/{DAY}")["ETag"].strip('"')
    assert stored == etag(folder / DAY)
    assert stored.endswith("-3")
    assert "0 files sent, 3 unchanged" in sparkify("upload", folder).output


@pytest.mark.parametrize(
    ("name", "setting", "message"),
    [
        ("local", "data/lake", "SPARKIFY_LAKE = 'data/lake' is no lake in S3"),
        ("nothing", LAKE, "holds no lake: there is no log_json_path.json"),
        ("local", "s3://sparkify-none/lake", "NoSuchBucket"),
    ],
)
def test_what_cannot_be_uploaded_is_named(
    s3: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, setting: str, message: str
) -> None:
    monkeypatch.setenv("SPARKIFY_LAKE", setting)
    folder.with_name("nothing").mkdir()
    refused = sparkify("upload", folder.with_name(name))
    assert refused.exit_code == 1
    assert message in refused.output


@pytest.mark.parametrize(
    ("action", "resource", "may"),
    [
        ("s3:CreateBucket", "sparkify-raw", True),
        ("s3:PutBucketPolicy", "sparkify-work", True),
        ("s3:ListBucket", "sparkify-raw", True),
        ("s3:CreateBucket", "other", False),
        ("s3:DeleteBucket", "sparkify-raw", False),
        ("s3:PutObject", "sparkify-raw/lake/log_json_path.json", True),
        ("s3:DeleteObject", "sparkify-raw/lake/song_data/A.json", True),
        ("s3:PutObject", "sparkify-raw/elsewhere/x", False),
        ("s3:PutObject", "sparkify-work/copy/x", False),
    ],
)
def test_the_uploader_fills_the_lake_and_nothing_else(action: str, resource: str, may: bool) -> None:
    assert allowed(uploader_policy(spec()), RequiredRight(action, f"arn:aws:s3:::{resource}", {})) is may
