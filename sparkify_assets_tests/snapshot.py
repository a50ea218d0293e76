"""Snapshots of what the product makes: a change of them shows in review. SNAPSHOT_UPDATE=1 rewrites them."""

import os
from pathlib import Path

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATES = bool(os.environ.get("SNAPSHOT_UPDATE"))


def compare(path: Path, found: str) -> None:
    if UPDATES:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.exists(), f"{path} is new: SNAPSHOT_UPDATE=1 writes it."
    assert found == path.read_text(encoding="utf-8"), "If the change is meant, SNAPSHOT_UPDATE=1 takes it over."
