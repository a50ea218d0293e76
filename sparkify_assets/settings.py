"""Every setting: its name, default and meaning. No other module reads them from the environment.

Names are upper-case with the prefix `SPARKIFY_`; a `.env` file in the working folder is read too, and the
environment wins over it.
"""

from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sparkify_assets.errors import SettingsError

PREFIX = "SPARKIFY_"

_NoneIfEmpty = BeforeValidator(lambda value: value or None)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("not a time zone; take a name such as UTC or America/New_York") from None
    return name


def _web_address(value: SecretStr | None) -> SecretStr | None:
    if value and not value.get_secret_value().startswith(("https://", "http://")):
        raise ValueError("Input should begin with https:// or http://")
    return value


class Settings(BaseSettings):
    """The settings of this process."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_ignore_empty=False, extra="ignore")

    warehouse: Literal["duckdb", "redshift"] = Field("duckdb", description="Engine which holds the tables.")
    lake: str = Field(
        "data/lake",
        description="Folder or s3://bucket[/prefix] with log_data/, song_data/ and log_json_path.json.",
    )
    duckdb_path: str = Field("data/sparkify.duckdb", description="Database file of the embedded warehouse.")
    duckdb_wait_seconds: float = Field(
        600, ge=0, description="How long a run waits for another process to let go of the database file."
    )
    duckdb_memory_limit: str = Field(
        "3GB", description="Memory which DuckDB may use, such as 3GB; empty: 80 % of the machine's."
    )
    redshift_host: str = Field("", description="Endpoint of Redshift; IAM logins find it out themselves.")
    redshift_port: int = Field(5439, description="Port of Redshift.")
    redshift_database: str = Field("dev", description="Database on Redshift.")
    redshift_user: str = Field("", description="Database user; with a cluster identifier, the one IAM lets in.")
    redshift_password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    redshift_sslmode: Literal["verify-full", "verify-ca", "disable"] = Field(
        "verify-full",
        description="verify-ca behind a tunnel or alias; disable for an endpoint on this machine only.",
    )
    redshift_cluster_identifier: str = Field("", description="Provisioned cluster to log in to by IAM.")
    redshift_workgroup: str = Field("", description="Serverless workgroup to log in to by IAM.")
    redshift_secret_arn: str = Field("", description="Secret of AWS Secrets Manager with username and password.")
    iam_role: str = Field("default", description="ARN of the role which COPY uses, or default.")
    work_uri: str = Field("", description="Writable S3 prefix for manifests and compacted files of COPY.")
    executor: Literal["in_process", "forked"] = Field(
        "in_process", description="On Redshift: one process for all steps, or a forked worker a step."
    )
    first_day: date = Field(date(2018, 11, 1), description="First day of the logs.")
    last_day: Annotated[date | None, _NoneIfEmpty] = Field(
        date(2018, 11, 30), description="Last day of the logs; empty: until yesterday."
    )
    max_reject_share: float = Field(
        0.01, ge=0, le=1, description="Share of a load's lines which may be rejected before the load fails."
    )
    report_folder: str = Field("data/reports", description="Folder for the pages which a run writes.")
    dagster_url: str = Field("http://127.0.0.1:3000", description="Where links to runs find the Dagster UI.")
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "UTC", description="Time zone of the hours, days and weeks in analytics and cubes; the star stays in UTC."
    )
    notify_webhook: Annotated[SecretStr | None, _NoneIfEmpty, AfterValidator(_web_address)] = Field(
        None, description="Secret address to which failed runs and checks are posted, as JSON with a text; empty: none."
    )

    # The cluster in AWS, for `sparkify cluster` and for runs on Redshift.
    cluster_managed: bool = Field(
        False, description="Whether runs create what is missing of the cluster, and resume it."
    )
    cluster_name: str = Field("sparkify", description="Name of the cluster, and in front of its role and network.")
    cluster_mode: Literal["provisioned", "serverless"] = Field(
        "provisioned", description="provisioned: nodes by the hour; serverless: capacity by the second of work."
    )
    cluster_node_type: str = Field("ra3.large", description="Type of the nodes of a provisioned cluster.")
    cluster_nodes: int = Field(1, ge=1, le=128, description="Number of nodes of a provisioned cluster.")
    cluster_rpu: int = Field(4, ge=4, le=1024, description="Base capacity of a serverless workgroup: 4, 8, 16, 24, ...")
    cluster_monthly_rpu_hours: int = Field(
        60, ge=0, description="RPU-hours after which a serverless workgroup stops for the month; 0: no limit."
    )
    cluster_allowed_cidr: str = Field(
        "", description="The one IPv4 network which may connect, such as 203.0.113.7/32; needed by `up`."
    )
    cluster_subnet_ids: str = Field(
        "", description="Subnets of the cluster, with commas between; empty: those of the default VPC."
    )
    cluster_poll_seconds: float = Field(15, gt=0, description="How often AWS is asked how far it is.")
    cluster_wait_minutes: float = Field(60, gt=0, description="How long a step in AWS may take.")

    @property
    def days(self) -> tuple[date, date]:
        """First and last day which can be built now; days are UTC."""
        from datetime import UTC, datetime

        return self.first_day, self.last_day or datetime.now(UTC).date() - timedelta(days=1)


@cache
def load_settings() -> Settings:
    """The settings, read once; raises SettingsError which names each wrong one."""
    try:
        found = Settings()
    except ValidationError as error:
        problems = "\n".join(
            f"  {PREFIX}{name.upper()} = {_shown(name, problem['input'])}: {problem['msg']}"
            for problem in error.errors()
            for name in [".".join(map(str, problem["loc"]))]
        )
        raise SettingsError(f"These settings are wrong; fix them in the environment or in .env:\n{problems}") from None
    if found.last_day and found.last_day < found.first_day:
        raise SettingsError(
            f"{PREFIX}LAST_DAY ({found.last_day}) is before {PREFIX}FIRST_DAY ({found.first_day}); swap them."
        )
    return found


def _shown(name: str, value: Any) -> str:
    """The value as it was given, unless it is a secret."""
    field = Settings.model_fields.get(name)
    return "(secret)" if field and "Secret" in str(field.annotation) else repr(value)
