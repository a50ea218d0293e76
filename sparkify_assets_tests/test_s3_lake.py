"""A lake in S3 is the lake of a folder, at another place: the real client, against a server on this machine."""

from datetime import date
from pathlib import Path
from typing import Any

import boto3
import dagster as dg
import pytest
from click.testing import CliRunner

from sparkify_assets.cli.main import main
from sparkify_assets.errors import LakeError
from sparkify_assets.lake.base import Lake
from sparkify_assets.lake.open import open_lake
from sparkify_assets.lake.sources import EVENTS, SONGS
from sparkify_assets_tests.conftest import BUCKET
from sparkify_assets_tests.lakes import Star, event, song, stored
from sparkify_assets_tests.workbench import FIRST, Platform, SmallLake


@pytest.fixture
def local(tmp_path: Path) -> SmallLake:
    lake = SmallLake(tmp_path / "lake")
    lake.song("A/TRA.json", song())
    lake.song("B/TRB.json.gz", song(song_id="SO2", title="Ümlaut + blank"))
    lake.log(FIRST, event(), event(itemInSession=1, song="Ümlaut + blank"), b"[1]")
    lake.log("2018-11-02", event(userId="2", sessionId=2), suffix="-events.json.gz")
    lake.log("2018-12-01", event(sessionId=3))
    return lake


def upload(s3: Any, lake: SmallLake, prefix: str = "") -> None:
    for path in lake.folder.rglob("*"):
        if path.is_file():
            s3.upload_file(str(path), BUCKET, prefix + path.relative_to(lake.folder).as_posix())


def tables(platform: Platform) -> Star:
    """Without the surrogate key of a play, which follows the order in which threads insert."""
    return stored(platform.rows)


@pytest.mark.parametrize("prefix", ["", "raw/2018"])
@pytest.mark.slow
def test_a_lake_in_s3_gives_the_tables_of_the_same_folder(
    s3: Any, local: SmallLake, tmp_path: Path, instance: dg.DagsterInstance, prefix: str
) -> None:
    upload(s3, local, f"{prefix}/" if prefix else "")
    s3.put_object(Bucket=BUCKET, Key="raw/2018-11-01-events.json", Body=b"none of ours")
    chosen: dict[str, Any] = {"last_day": "2018-11-02", "max_reject_share": 0.5}
    in_folder = Platform(local, tmp_path / "folder.duckdb", instance, **chosen)
    in_s3 = Platform(f"s3://{BUCKET}/{prefix}", tmp_path / "s3.duckdb", instance, **chosen)
    for platform in (in_folder, in_s3):
        assert platform.build().success
    assert tables(in_s3) == tables(in_folder)
    assert in_s3.rows("select count(*) from songplays") == [(3,)]
    assert in_s3.rows("select source_file from load_rejects") == [("log_data/2018/11/2018-11-01-events.json",)]


def lists(lake: Lake) -> list[tuple[str, int]]:
    return [(file.name, file.size) for file in SONGS.listing(lake).files]


def test_the_same_files_are_listed_in_both(s3: Any, local: SmallLake) -> None:
    upload(s3, local, "raw/")
    assert lists(open_lake(f"s3://{BUCKET}/raw")) == lists(open_lake(str(local.folder)))


def test_a_changed_object_has_another_version(s3: Any, local: SmallLake) -> None:
    upload(s3, local)
    before = {file.name: file.version for file in SONGS.listing(open_lake(f"s3://{BUCKET}")).files}
    local.song("A/TRA.json", song(song_id="SO9"))
    upload(s3, local)
    after = {file.name: file.version for file in SONGS.listing(open_lake(f"s3://{BUCKET}")).files}
    assert [name for name in before if before[name] != after[name]] == ["song_data/A/TRA.json"]


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("s3://no-such-bucket", "S3 refused s3://no-such-bucket/log_data: NoSuchBucket. Check the bucket's name"),
        (f"s3://{BUCKET}/nowhere", f"The lake s3://{BUCKET}/nowhere lacks the folder log_data/. Set SPARKIFY_LAKE to"),
    ],
)
def test_a_location_without_a_lake_is_named(s3: Any, place: str, says: str) -> None:
    with pytest.raises(LakeError) as refused:
        EVENTS.listing(open_lake(place), date(2018, 11, 1), date(2018, 11, 30))
    assert says in str(refused.value)


def test_the_paths_are_read_where_the_lake_has_them(s3: Any, local: SmallLake) -> None:
    upload(s3, local, "with/")
    (local.folder / "log_json_path.json").unlink()
    upload(s3, local, "without/")
    found = [EVENTS.paths_file(open_lake(f"s3://{BUCKET}/{prefix}")) for prefix in ("with", "without")]
    assert found == ["log_json_path.json", None]


def test_a_lake_without_songs_is_named(s3: Any, local: SmallLake) -> None:
    for path in local.folder.rglob("TR*"):
        path.unlink()
    upload(s3, local)
    with pytest.raises(LakeError, match=rf"The lake s3://{BUCKET} lacks the folder song_data/"):
        SONGS.listing(open_lake(f"s3://{BUCKET}"))


def test_a_missing_endpoint_gives_the_settings_to_check(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(LakeError, match=r"S3 cannot be reached for .*Check AWS_.* or AWS_ENDPOINT_URL"):
        EVENTS.fields(open_lake(f"s3://{BUCKET}"))


def test_missing_credentials_are_named(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with pytest.raises(LakeError, match=r"S3 cannot be reached for .*Unable to locate credentials"):
        EVENTS.fields(open_lake(f"s3://{BUCKET}"))


@pytest.mark.parametrize("place", ["s3://no-such-bucket", f"s3://{BUCKET}/nowhere"])
@pytest.mark.slow
def test_the_doctor_and_a_run_end_with_1_and_a_hint(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("SPARKIFY_LAKE", place)
    for command in ("doctor", "run"):
        result = CliRunner().invoke(main, [command])
        assert result.exit_code == 1
        assert "SPARKIFY_LAKE" in result.output
        assert "Traceback" not in result.output
