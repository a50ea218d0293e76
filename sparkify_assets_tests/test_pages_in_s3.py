"""Pages in S3: runs write them there, and every command which names them says where they are."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sparkify_assets.cli.report_server import start_report_server
from sparkify_assets.errors import SettingsError, SparkifyError
from sparkify_assets.pages.folder import open_page_folder
from sparkify_assets.settings import Settings
from sparkify_assets_tests.cli import invoke, set_up
from sparkify_assets_tests.conftest import BUCKET
from sparkify_assets_tests.reports import small_lake
from sparkify_assets_tests.workbench import STAR_GRAPH, Platform

PAGES = f"s3://{BUCKET}/pages"
REPORT = "listening_report.html"


def metadata(run: dg.ExecuteInProcessResult, page: str) -> dict[str, Any]:
    (made,) = run.asset_materializations_for_node(page)
    return {name: value.value for name, value in made.metadata.items()}


@pytest.mark.slow
def test_a_run_puts_its_pages_under_the_prefix_and_links_to_them(
    s3: Any, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    platform = Platform(
        small_lake(tmp_path), tmp_path / "warehouse.duckdb", instance,
        report_folder=PAGES, report_url="https://pages.example", last_day="2018-11-02",
    )  # fmt: skip
    run = platform.build(select=(*STAR_GRAPH, "top_songs", "listening_report", "quality_dashboard"))
    stored = s3.get_object(Bucket=BUCKET, Key=f"pages/{REPORT}")
    assert stored["ContentType"] == "text/html; charset=utf-8"
    page = stored["Body"].read()
    assert b"Most played: Alpha by Ann" in page
    assert b"vegaEmbed" in page
    told = metadata(run, "listening_report")
    assert (told["page"], told["link"]) == (f"{PAGES}/{REPORT}", f"https://pages.example/{REPORT}")
    assert told["bytes"] == len(page)
    told = metadata(run, "quality_dashboard")
    assert told["page"] == f"{PAGES}/quality_dashboard.html"
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert keys == [f"pages/{REPORT}", "pages/quality_dashboard.html"]


def test_without_a_web_server_the_link_leads_to_the_console_of_aws(s3: Any) -> None:
    link = open_page_folder(f"{PAGES}/a b").link(REPORT, "http://127.0.0.1:3001")
    assert link == f"https://console.aws.amazon.com/s3/object/{BUCKET}?prefix=pages/a%20b/{REPORT}"
    assert start_report_server(Settings(_env_file=None, report_folder=PAGES)) is None


def test_the_commands_say_where_the_pages_are(s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(tmp_path, monkeypatch)
    monkeypatch.setenv("SPARKIFY_REPORT_FOLDER", PAGES)
    assert invoke("report", "--no-open").output.startswith(f"Error: There is no report at {PAGES}/{REPORT} yet.")
    assert f"reports: {PAGES}" in invoke("doctor").output
    open_page_folder(PAGES).write(REPORT, "What people listen to")
    assert invoke("report", "--no-open").output == f"{PAGES}/{REPORT}\n"
    assert [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [f"pages/{REPORT}"]
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_a_bucket_which_is_not_there_is_named_before_a_run_begins(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(tmp_path, monkeypatch)
    monkeypatch.setenv("SPARKIFY_REPORT_FOLDER", "s3://no-such-bucket/pages")
    run = invoke("run")
    assert run.exit_code == 1
    assert "s3://no-such-bucket/pages/.writable cannot be written" in run.output
    assert "Set SPARKIFY_REPORT_FOLDER to a folder or a prefix" in run.output
    with pytest.raises(SparkifyError, match="NoSuchBucket"):
        open_page_folder("s3://no-such-bucket/pages").write(REPORT, "")
    with pytest.raises(SettingsError, match=r"SPARKIFY_REPORT_FOLDER = .* is not in S3"):
        open_page_folder("s3:///pages")
