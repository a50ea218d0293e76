"""The file `.env` of the working folder."""

import io
from collections.abc import Mapping
from pathlib import Path

from sparkify_assets.errors import SettingsError


def read_env_file(path: str) -> Mapping[str, str | None]:
    """What the file sets, nothing if there is no file; raises SettingsError if it is not text in UTF-8.

    The message repeats nothing of the file, which may hold passwords.
    """
    from dotenv import dotenv_values  # with pydantic-settings

    file = Path(path)
    try:
        content = file.read_bytes() if file.is_file() else b""
    except OSError as error:
        raise SettingsError(
            f"The file {file.resolve()} cannot be read: {error.strerror}. Give this user the right to, or delete it."
        ) from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise SettingsError(f"The file {file.resolve()} is in UTF-16. Save it in UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            f"The file {file.resolve()} is not in UTF-8: look at line {line}. Save it in UTF-8."
        ) from None
    return dotenv_values(stream=io.StringIO(text), interpolate=False)
