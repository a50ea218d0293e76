"""What the catalog of the Dagster UI says of every asset alike: owner, tags, and the file which makes it."""

import dagster as dg

from sparkify_assets.models.reading import models

ENGINEERS, ANALYSTS = "team:data-platform", "team:analytics"

_GROUPS_OF_ENGINEERS = ("lake", "infrastructure", "staging", "quality")
# Who they are, and where and when they listened.
_LISTENER = frozenset({"user_id", "userId"})
_RAW = frozenset({"event_logs", "load_rejects"})


def with_catalog_metadata(spec: dg.AssetSpec) -> dg.AssetSpec:
    """The asset with its owner, the tag `personal_data` if it names listeners, and a link to its SQL file."""
    name = spec.key.to_user_string()
    model = models().get(name)
    personal = name in _RAW or (model and _LISTENER & set(model.column_names))
    return spec.replace_attributes(
        owners=[*spec.owners, ENGINEERS if spec.group_name in _GROUPS_OF_ENGINEERS else ANALYSTS],
        tags={**spec.tags, **({"personal_data": "listeners"} if personal else {})},
        metadata={**spec.metadata, **(_link(str(model.path), f"{model.group}/{name}.sql") if model else {})},
    )


def _link(path: str, label: str) -> dict[str, dg.CodeReferencesMetadataValue]:
    reference = dg.LocalFileCodeReference(file_path=path, line_number=1, label=label)
    return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[reference])}
