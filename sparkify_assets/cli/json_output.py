"""JSON which every parser takes, and which no terminal obeys."""

import json
import sys
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from math import isfinite
from typing import Any

from sparkify_assets.cli.output import in_json


def print_json(value: Any) -> None:
    """Print a value; a float which JSON lacks becomes null."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(_plain(value), ensure_ascii=not is_unicode, indent=2, allow_nan=False)
    sys.stdout.write(in_json(text) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        value = int(value) if value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (date, time)):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)
