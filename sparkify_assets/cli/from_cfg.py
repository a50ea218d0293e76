"""`sparkify doctor --from-cfg dwh.cfg`: the configuration file of course-style warehouses, as settings of this project.

What is secret in it is never printed: the notes name where it is.
"""

import configparser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sparkify_assets.errors import SettingsError
from sparkify_assets.lake.sources import EVENTS, JSON_PATHS, SONGS

_SETTINGS = {
    ("cluster", "host"): "SPARKIFY_REDSHIFT_HOST",
    ("cluster", "db_name"): "SPARKIFY_REDSHIFT_DATABASE",
    ("cluster", "db_user"): "SPARKIFY_REDSHIFT_USER",
    ("cluster", "db_port"): "SPARKIFY_REDSHIFT_PORT",
    ("iam_role", "arn"): "SPARKIFY_IAM_ROLE",
    ("dwh", "dwh_endpoint"): "SPARKIFY_REDSHIFT_HOST",
    ("dwh", "dwh_db"): "SPARKIFY_REDSHIFT_DATABASE",
    ("dwh", "dwh_db_user"): "SPARKIFY_REDSHIFT_USER",
    ("dwh", "dwh_port"): "SPARKIFY_REDSHIFT_PORT",
    ("dwh", "dwh_role_arn"): "SPARKIFY_IAM_ROLE",
    ("dwh", "dwh_cluster_identifier"): "SPARKIFY_CLUSTER_NAME",
    ("dwh", "dwh_node_type"): "SPARKIFY_CLUSTER_NODE_TYPE",
    ("dwh", "dwh_num_nodes"): "SPARKIFY_CLUSTER_NODES",
}
_RETIRED_NODES = ("dc1.", "dc2.", "ds2.")
_PASSWORDS = {("cluster", "db_password"), ("dwh", "dwh_db_password")}
_KEYS = {("aws", "key"), ("aws", "secret"), ("aws", "aws_access_key_id"), ("aws", "aws_secret_access_key")}
_FOLDERS = {("s3", "log_data"): EVENTS.folder, ("s3", "song_data"): SONGS.folder, ("s3", "log_jsonpath"): JSON_PATHS}


@dataclass
class Mapped:
    """Settings which follow from the file, and what a person has to know beside them."""

    settings: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The settings as lines of a `.env` file, the notes as its comments."""
        yield from (f"{name}={value}" for name, value in self.settings.items())
        yield from (f"# {note}" for note in self.notes)


def map_cfg(path: Path) -> Mapped:
    """Read the file; raises SettingsError, which repeats none of its lines, if it is not one of that kind."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read: {type(error).__name__}. Name the dwh.cfg of your project."
        ) from None
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or next(iter(getattr(error, "errors", [])), ("?",))[0]
        raise SettingsError(
            f"{path} is not an INI file with sections such as [CLUSTER]: look at line {line}."
        ) from None
    mapped = Mapped(settings={"SPARKIFY_WAREHOUSE": "redshift"})
    uris: dict[str, str] = {}
    for section in parser.sections():
        for name, value in parser.items(section):
            _map(mapped, uris, (section.lower(), name.lower()), f"[{section}] {name.upper()}", value.strip(" '\""))
    _map_lake(mapped, uris)
    if not any(name in mapped.settings for name in ("SPARKIFY_REDSHIFT_HOST", "SPARKIFY_LAKE", "SPARKIFY_IAM_ROLE")):
        raise SettingsError(f"{path} holds none of [CLUSTER] HOST, [IAM_ROLE] ARN and [S3] LOG_DATA: is it a dwh.cfg?")
    return mapped


def _map(mapped: Mapped, uris: dict[str, str], key: tuple[str, str], name: str, value: str) -> None:
    if not value:
        return
    if key in _FOLDERS:
        uris[_FOLDERS[key]] = value.rstrip("/")
    elif key in _PASSWORDS:
        mapped.settings.setdefault("SPARKIFY_REDSHIFT_PASSWORD", "")
        mapped.notes.append(f"The password is in {name}; put it in yourself, or use a secret or IAM.")
    elif key in _KEYS:
        mapped.notes.append(f"{name} is not used: let boto3 find a profile or role instead of a key in a file.")
    elif key not in _SETTINGS:
        mapped.notes.append(f"{name} has no setting here.")
    elif _SETTINGS[key] == "SPARKIFY_REDSHIFT_HOST":
        _map_host(mapped, value)
    elif value.startswith(_RETIRED_NODES):
        mapped.notes.append(
            f"{name} is {value}, which AWS creates no more; without {_SETTINGS[key]} the cheapest is taken."
        )
    elif _SETTINGS[key] == "SPARKIFY_CLUSTER_NAME":
        mapped.settings[_SETTINGS[key]] = value.lower()  # as AWS keeps it
    else:
        mapped.settings.setdefault(_SETTINGS[key], value)


def _map_host(mapped: Mapped, value: str) -> None:
    """The console shows an endpoint as host:port/database, and people paste it whole."""
    whole, _, database = value.partition("/")
    host, _, port = whole.partition(":")
    mapped.settings["SPARKIFY_REDSHIFT_HOST"] = host
    if port:
        mapped.settings["SPARKIFY_REDSHIFT_PORT"] = port
    if database:
        mapped.settings["SPARKIFY_REDSHIFT_DATABASE"] = database


def _map_lake(mapped: Mapped, uris: dict[str, str]) -> None:
    lakes = {uri.removesuffix(f"/{folder}") for folder, uri in uris.items() if uri.endswith(f"/{folder}")}
    other = [f"{uri} (has to end with /{folder})" for folder, uri in uris.items() if not uri.endswith(f"/{folder}")]
    if len(lakes) == 1:
        mapped.settings["SPARKIFY_LAKE"] = lakes.pop()
    elif lakes:
        mapped.notes.append(f"[S3] names several lakes ({', '.join(sorted(lakes))}); bring them together into one.")
    if other:
        mapped.notes.append(f"A lake has one layout, which these do not keep: {', '.join(other)}.")
