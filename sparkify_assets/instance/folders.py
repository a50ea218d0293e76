"""Whether this user may write to a folder."""

import os
from pathlib import Path

from sparkify_assets.errors import SettingsError


def require_writable(folder: Path, setting: str) -> None:
    """Raise SettingsError if this user may not write there, or in the nearest folder above it which exists."""
    existing = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        reason = "" if existing.is_dir() else ", which is no folder"
        raise SettingsError(f"This user may not write to {existing}{reason}. Set {setting} to another folder.")
