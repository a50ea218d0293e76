"""`sparkify doctor --from-cfg`: the file which course-style projects keep, as our settings, without its secrets."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sparkify_assets.cli.main import main

CFG = """
[CLUSTER]
HOST=sparkify.abc123.us-west-2.redshift.amazonaws.com
DB_NAME=dev
DB_USER=awsuser
DB_PASSWORD=Passw0rd%!
DB_PORT=5439

[IAM_ROLE]
ARN='arn:aws:iam::123456789012:role/dwhRole'

[S3]
LOG_DATA='s3://udacity-dend/log_data'
LOG_JSONPATH='s3://udacity-dend/log_json_path.json'
SONG_DATA='s3://udacity-dend/song_data'

[AWS]
KEY=AKIAIOSFODNN7EXAMPLE
SECRET=wJalrXUtnFEMI/K7MDENG
"""


def printed(tmp_path: Path, text: str) -> tuple[int, list[str]]:
    path = tmp_path / "dwh.cfg"
    path.write_text(text)
    result = CliRunner().invoke(main, ["doctor", "--from-cfg", str(path)])
    return result.exit_code, (result.stdout + result.stderr).splitlines()


def test_each_value_of_the_file_becomes_its_setting(tmp_path: Path) -> None:
    code, lines = printed(tmp_path, CFG)
    assert code == 0
    assert [line for line in lines if not line.startswith("#")] == [
        "SPARKIFY_WAREHOUSE=redshift",
        "SPARKIFY_REDSHIFT_HOST=sparkify.abc123.us-west-2.redshift.amazonaws.com",
        "SPARKIFY_REDSHIFT_DATABASE=dev",
        "SPARKIFY_REDSHIFT_USER=awsuser",
        "SPARKIFY_REDSHIFT_PASSWORD=",
        "SPARKIFY_REDSHIFT_PORT=5439",
        "SPARKIFY_IAM_ROLE=arn:aws:iam::123456789012:role/dwhRole",
        "SPARKIFY_LAKE=s3://udacity-dend",
    ]


@pytest.mark.parametrize("secret", ["Passw0rd%!", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG"])
def test_no_secret_of_the_file_is_printed(tmp_path: Path, secret: str) -> None:
    _, lines = printed(tmp_path, CFG)
    assert secret not in "\n".join(lines)


def test_what_to_do_without_the_secrets_is_printed(tmp_path: Path) -> None:
    _, lines = printed(tmp_path, CFG)
    assert [line for line in lines if line.startswith("#")] == [
        "# The password is in [CLUSTER] DB_PASSWORD; put it in yourself, or use a secret or IAM.",
        "# [AWS] KEY is not used: let boto3 find a profile or role instead of a key in a file.",
        "# [AWS] SECRET is not used: let boto3 find a profile or role instead of a key in a file.",
    ]


@pytest.mark.parametrize("damaged", ["DB_PASSWORD=hush\n", "[CLUSTER]\nHOST=x\nhush\n", "[CLUSTER\nhush=1"])
def test_a_file_which_is_none_is_refused_without_repeating_its_lines(tmp_path: Path, damaged: str) -> None:
    code, lines = printed(tmp_path, damaged)
    assert code == 1
    assert "is not an INI file with sections such as [CLUSTER]: look at line" in lines[0]
    assert "hush" not in "\n".join(lines)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    code, lines = printed(tmp_path, "[tool]\nname=x\n")
    assert code == 1
    assert "is it a dwh.cfg?" in lines[0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["doctor", "--from-cfg", str(tmp_path / "none.cfg")])
    assert result.exit_code == 1
    assert "none.cfg cannot be read" in result.stderr


def test_an_endpoint_pasted_whole_is_taken_apart(tmp_path: Path) -> None:
    _, lines = printed(tmp_path, "[CLUSTER]\nHOST=c.x.redshift.amazonaws.com:5440/music\n")
    assert lines[1:4] == [
        "SPARKIFY_REDSHIFT_HOST=c.x.redshift.amazonaws.com",
        "SPARKIFY_REDSHIFT_PORT=5440",
        "SPARKIFY_REDSHIFT_DATABASE=music",
    ]


def test_a_lake_of_another_layout_is_printed(tmp_path: Path) -> None:
    _, lines = printed(tmp_path, "[S3]\nLOG_DATA=s3://b/logs\nSONG_DATA=s3://b/song_data\n")
    assert "SPARKIFY_LAKE=s3://b" in lines
    assert "# A lake has one layout, which these do not keep: s3://b/logs (has to end with /log_data)." in lines


def test_the_cluster_of_the_file_is_ours_unless_aws_has_retired_it(tmp_path: Path) -> None:
    text = "[DWH]\nDWH_CLUSTER_IDENTIFIER=dwhCluster\nDWH_NUM_NODES=4\nDWH_NODE_TYPE=dc2.large\nDWH_DB=dwh\n"
    code, lines = printed(tmp_path, text + "DWH_ROLE_ARN=arn:aws:iam::1:role/r\n")
    assert code == 0
    assert {"SPARKIFY_CLUSTER_NAME=dwhcluster", "SPARKIFY_CLUSTER_NODES=4"} <= set(lines)
    assert any("dc2.large, which AWS creates no more" in line for line in lines)
    assert not any(line.startswith("SPARKIFY_CLUSTER_NODE_TYPE") for line in lines)
