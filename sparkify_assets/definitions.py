"""What `dagster` loads: the subjects of defs/, with the settings of this process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

import sparkify_assets.defs
from sparkify_assets.components.active_settings import use_settings
from sparkify_assets.components.catalog import with_catalog_metadata
from sparkify_assets.components.freshness import with_freshness_policy
from sparkify_assets.errors import SettingsError, SparkifyError
from sparkify_assets.project import SHARED_SUBJECTS, project_definitions
from sparkify_assets.settings import Settings, load_settings
from sparkify_assets.warehouse.open import open_warehouse


@dg.definitions
def defs() -> dg.Definitions:
    """The platform with the settings of this process."""
    return build_definitions(load_settings())


def build_definitions(settings: Settings, loggers: Mapping[str, dg.LoggerDefinition] | None = None) -> dg.Definitions:
    """The platform with these settings."""
    folder = Path(sparkify_assets.defs.__path__[0])
    tree = dg.ComponentTree(defs_module=sparkify_assets.defs, project_root=folder.parents[1])
    all_subjects = sorted(path.name for path in folder.iterdir() if path.name[0].isalpha())
    subjects = SHARED_SUBJECTS if settings.project else all_subjects
    with use_settings(settings), _our_own_errors():
        # One by one: the root of the tree also describes the components of every installed package, for a second.
        loaded = dg.Definitions.merge(*(tree.build_defs(subject) for subject in subjects))
        if settings.project:
            loaded = dg.Definitions.merge(loaded, project_definitions(settings))
    shown = loaded.map_asset_specs(func=with_catalog_metadata)
    if settings.last_day is None:
        # A lake of the past is as fresh as it will ever be.
        shown = shown.map_asset_specs(func=with_freshness_policy)
    return dg.Definitions.merge(shown, dg.Definitions(executor=_executor(settings), loggers=loggers))


@contextmanager
def _our_own_errors() -> Iterator[None]:
    """Dagster wraps what a folder raises into a picture of all folders; the error itself says what to do."""
    try:
        yield
    except Exception as error:
        if isinstance(error.__cause__, SparkifyError):
            raise error.__cause__ from None
        raise


def _executor(settings: Settings) -> dg.ExecutorDefinition:
    """One process by default: a process a step costs a second each."""
    if settings.executor == "in_process":
        return dg.in_process_executor
    if open_warehouse(settings).single_process:
        raise SettingsError(
            "SPARKIFY_EXECUTOR=forked is for Redshift: DuckDB lets one process in. Leave it out, or set in_process."
        )
    return dg.multiprocess_executor.configured({"start_method": {"forkserver": {}}})
