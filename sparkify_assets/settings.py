"""Every setting: its name, default and meaning. Nothing else reads the environment.

Names are upper-case with the prefix `SPARKIFY_`; a `.env` file in the working folder is read too, and the
environment wins over it.
"""

from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sparkify_assets.errors import SettingsError

PREFIX = "SPARKIFY_"

_NoneIfEmpty = BeforeValidator(lambda value: value or None)


def _web_address(value: SecretStr | None) -> SecretStr | None:
    if value and not value.get_secret_value().startswith(("https://", "http://")):
        raise ValueError("Input should begin with https:// or http://")
    return value


class Settings(BaseSettings):
    """The settings of this process."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_ignore_empty=False, extra="ignore")

    warehouse: Literal["duckdb"] = Field("duckdb", description="Engine which holds the tables.")
    lake: str = Field(
        "data/lake",
        description="Folder or s3://bucket[/prefix] which holds log_data/, song_data/ and log_json_path.json.",
    )
    duckdb_path: str = Field("data/sparkify.duckdb", description="Database file of the embedded warehouse.")
    duckdb_wait_seconds: float = Field(
        600, ge=0, description="How long a run waits for another process to let go of the database file."
    )
    duckdb_memory_limit: str = Field(
        "3GB", description="Memory which DuckDB may use, such as 3GB; empty: 80 % of the machine's."
    )
    first_day: date = Field(date(2018, 11, 1), description="First day of the logs.")
    last_day: Annotated[date | None, _NoneIfEmpty] = Field(
        date(2018, 11, 30), description="Last day of the logs; empty: until yesterday."
    )
    max_reject_share: float = Field(
        0.01, ge=0, le=1, description="Share of a load's lines which may be rejected before the load fails."
    )
    notify_webhook: Annotated[SecretStr | None, _NoneIfEmpty, AfterValidator(_web_address)] = Field(
        None, description="Secret address which is told of failed runs and checks, as JSON with a text; empty: none."
    )

    @property
    def days(self) -> tuple[date, date]:
        """First and last day which can be built now; days are UTC."""
        from datetime import UTC, datetime

        return self.first_day, self.last_day or datetime.now(UTC).date() - timedelta(days=1)


@cache
def settings() -> Settings:
    """The settings, read once; raises SettingsError which names each wrong one."""
    try:
        found = Settings()
    except ValidationError as error:
        problems = "\n".join(
            f"  {PREFIX}{name.upper()} = {_shown(name, problem['input'])}: {problem['msg']}"
            for problem in error.errors()
            for name in [".".join(map(str, problem["loc"]))]
        )
        raise SettingsError(f"These settings are wrong; mend them in the environment or in .env:\n{problems}") from None
    if found.last_day and found.last_day < found.first_day:
        raise SettingsError(
            f"{PREFIX}LAST_DAY ({found.last_day}) lies before {PREFIX}FIRST_DAY ({found.first_day}); swap them."
        )
    return found


def _shown(name: str, value: Any) -> str:
    """The value as it was given, unless it is a secret."""
    field = Settings.model_fields.get(name)
    return "(secret)" if field and "Secret" in str(field.annotation) else repr(value)
