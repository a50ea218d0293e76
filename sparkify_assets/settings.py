"""Every setting: its name, default and meaning. No other module reads them from the environment.

Names are upper-case with the prefix `SPARKIFY_`; a `.env` file in the working folder is read too, and the
environment wins over it.
"""

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sparkify_assets import setting_types as types
from sparkify_assets.env_file import read_env_file
from sparkify_assets.errors import SettingsError

PREFIX = "SPARKIFY_"
ENV_FILE = ".env"

# A deprecated method of pydantic has this name too.
warnings.filterwarnings("ignore", 'Field name "schema" in "Settings" shadows', UserWarning)


class Settings(BaseSettings):
    """The settings of this process."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=False,
        extra="ignore",
        hide_input_in_errors=True,
    )

    warehouse: Literal["duckdb", "redshift"] = Field("duckdb", description="Engine which holds the tables.")
    schema: types.SchemaName = Field(  # type: ignore[assignment]
        "", description="Schema which holds the tables, made if it is missing; empty: main or public."
    )
    project: types.ProjectFolder = Field(
        "", description="Folder of another project, with sql/ and defs/; empty: Sparkify's own tables."
    )
    lake: types.LakeLocation = Field(
        "data/lake",
        description="Folder or s3://bucket[/prefix] with log_data/, song_data/ and log_json_path.json.",
    )
    duckdb_path: types.DatabaseFile = Field(
        "data/sparkify.duckdb", description="Database file of the embedded warehouse."
    )
    duckdb_wait_seconds: float = Field(
        600, ge=0, description="How long a run waits for another process to let go of the database file."
    )
    duckdb_memory_limit: types.Memory = Field(
        "2.5GB", description="Memory which DuckDB may use, such as 3GB; empty: 80 % of the machine's."
    )
    redshift_host: types.Host = Field("", description="Endpoint of Redshift; IAM logins find it out themselves.")
    redshift_port: int = Field(5439, description="Port of Redshift.")
    redshift_database: types.Name = Field("dev", description="Database on Redshift.")
    redshift_user: types.Name = Field("", description="Database user; with a cluster identifier, the one IAM lets in.")
    redshift_password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    redshift_sslmode: Literal["verify-full", "verify-ca", "disable"] = Field(
        "verify-full",
        description="verify-ca behind a tunnel or alias; disable for an endpoint on this machine only.",
    )
    redshift_cluster_identifier: types.Name = Field("", description="Provisioned cluster to log in to by IAM.")
    redshift_workgroup: types.Name = Field("", description="Serverless workgroup to log in to by IAM.")
    redshift_secret_arn: types.Name = Field("", description="Secret of AWS Secrets Manager with username and password.")
    iam_role: types.Role = Field("default", description="ARN of the role which COPY uses, or default.")
    work_uri: types.S3Location = Field("", description="Writable S3 prefix for manifests and compacted files of COPY.")
    executor: Literal["in_process", "forked"] = Field(
        "in_process", description="On Redshift: one process for all steps, or a forked worker a step."
    )
    first_day: types.Day = Field(date(2018, 11, 1), description="First day of the logs.")
    last_day: Annotated[types.Day | None, types.NoneIfEmpty] = Field(
        date(2018, 11, 30), description="Last day of the logs; empty: until yesterday."
    )
    max_reject_share: float = Field(
        0.01, ge=0, le=1, description="Share of a load's records which may be rejected before the load fails."
    )
    report_folder: types.PageLocation = Field(
        "data/reports", description="Folder or s3://bucket[/prefix] for the pages which a run writes."
    )
    dagster_url: types.PublicAddress = Field(
        "http://127.0.0.1:3000", description="Where links to runs find the Dagster UI."
    )
    report_url: types.PublicAddress = Field(
        "http://127.0.0.1:3001",
        description="Where links in the UI find the pages; `make dev` serves them there if it is a port of 127.0.0.1.",
    )
    keep_runs_days: int = Field(
        30, ge=0, description="Days after which a run leaves the Dagster instance, with its events; 0: none does."
    )
    time_zone: types.TimeZone = Field(
        "UTC", description="Time zone of the hours, days and weeks in analytics and cubes; the star stays in UTC."
    )
    source_url: types.SecretDatabaseAddress = Field(
        SecretStr(""), description="Secret address of the operational database, postgresql://user:password@host/name."
    )
    source_statement_minutes: float = Field(
        60, gt=0, description="How long one statement on the operational database may take."
    )
    notify_webhook: types.SecretAddress = Field(
        None, description="Secret address to which failed runs and checks are posted, as JSON with a text; empty: none."
    )

    # The cluster in AWS, for `sparkify cluster` and for runs on Redshift.
    cluster_managed: bool = Field(
        False, description="Whether runs create what is missing of the cluster, and resume it."
    )
    cluster_name: types.Name = Field(
        "sparkify", description="Name of the cluster, and in front of its role and network."
    )
    cluster_mode: Literal["provisioned", "serverless"] = Field(
        "provisioned", description="provisioned: nodes by the hour; serverless: capacity by the second of work."
    )
    cluster_node_type: types.Name = Field(
        "", description="Type of the nodes of a provisioned cluster; empty: the cheapest which the account may order."
    )
    cluster_nodes: int = Field(1, ge=1, le=128, description="Number of nodes of a provisioned cluster.")
    cluster_rpu: int = Field(4, ge=4, le=1024, description="Base capacity of a serverless workgroup: 4, 8, 16, 24, ...")
    cluster_monthly_rpu_hours: int = Field(
        60, ge=0, description="RPU-hours after which a serverless workgroup stops for the month; 0: no limit."
    )
    cluster_allowed_cidr: types.Name = Field(
        "", description="The one IPv4 network which may connect, such as 203.0.113.7/32; needed by `up`."
    )
    cluster_subnet_ids: types.Name = Field(
        "", description="Subnets of the cluster, with commas between; empty: those of the default VPC."
    )
    cluster_poll_seconds: float = Field(15, gt=0, description="How often AWS is asked how far it is.")
    cluster_wait_minutes: float = Field(60, gt=0, description="How long a step in AWS may take.")

    @property
    def days(self) -> tuple[date, date]:
        """First and last day which can be built now: days are UTC, and a day is built once it has ended."""
        return self.first_day, min(self.last_day or date.max, yesterday())


def yesterday() -> date:
    """The last day which has ended, in UTC."""
    return datetime.now(UTC).date() - timedelta(days=1)


@cache
def load_settings() -> Settings:
    """The settings, read once; raises SettingsError which names each wrong one. Names close to one are warned of."""
    for problem in unknown_settings(read_env_file(ENV_FILE)):
        print(f"Warning: {problem}", file=sys.stderr)
    try:
        found = Settings()
    except ValidationError as error:
        problems = "\n".join(f"  {name} = {why}" for name, why in wrong_settings(error))
    else:
        _require_days(found)
        return found
    # Outside of the handler: the error of pydantic holds the values.
    raise SettingsError(f"These settings are wrong; fix them in the environment or in .env:\n{problems}")


def wrong_settings(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Each wrong setting by its name, with its value and the reason."""
    for problem in error.errors():
        name, reason = ".".join(map(str, problem["loc"])), problem["msg"].removeprefix("Value error, ")
        yield f"{PREFIX}{name.upper()}", f"{_shown(name, problem['input'])}: {reason}"


def unknown_settings(from_file: Iterable[str]) -> list[str]:
    """What to say of each name, in the environment or among those of the file, which a setting was meant by."""
    known = {name.upper(): f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    problems = []
    for name in sorted({name.upper() for name in (*os.environ, *from_file)} - {*known.values()}):
        is_ours = name.startswith(PREFIX)
        near = [known[one] for one in get_close_matches(name.removeprefix(PREFIX), known, n=1)] if is_ours else []
        near = near or get_close_matches(name, known.values(), n=1, cutoff=0.85)
        if near or is_ours:
            hint = f"Did you mean {near[0]}?" if near else "`sparkify doctor` lists all settings."
            problems.append(f"{name} is not a setting, and has no effect. {hint}")
    return problems


def _require_days(settings: Settings) -> None:
    """Raise SettingsError, which says what to change, unless there is a day to build."""
    first_day, last_day, given = settings.first_day, settings.last_day, settings.model_fields_set
    if first_day > yesterday():
        raise SettingsError(
            f"{PREFIX}FIRST_DAY ({first_day}) is today or later, and a day is built once it has ended, in UTC. "
            f"Set it to {yesterday()} or before."
        )
    if last_day and last_day < first_day:
        hint = (
            f"set {PREFIX}LAST_DAY to the last day of the logs, or empty for yesterday."
            if "last_day" not in given
            else f"set {PREFIX}FIRST_DAY to the first day of the logs."
            if "first_day" not in given
            else "swap them."
        )
        raise SettingsError(f"{PREFIX}LAST_DAY ({last_day}) is before {PREFIX}FIRST_DAY ({first_day}); {hint}")


def _shown(name: str, value: Any) -> str:
    """The value as it was given, unless it is a secret or may hold one."""
    field = Settings.model_fields.get(name)
    return "(secret)" if field and "Secret" in str(field.annotation) else types.shown(str(value))
