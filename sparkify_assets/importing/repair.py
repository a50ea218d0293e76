"""Text which was encoded twice becomes what it was, by ftfy."""

from collections.abc import Callable
from functools import lru_cache

from sparkify_assets.errors import SettingsError


def text_repair(on_repair: Callable[[str, str], None]) -> Callable[[str], str]:
    """A function which repairs a text, and reports text and repair of each it changes; raises SettingsError."""
    try:
        from ftfy import fix_encoding
    except ImportError:
        raise SettingsError(
            "--repair-text needs ftfy, which is not installed. Install it with: pip install 'sparkify-assets[repair]'"
        ) from None

    # The texts of events repeat.
    @lru_cache(maxsize=1 << 16)
    def fixed(text: str) -> str:
        return fix_encoding(text)

    def repaired(text: str) -> str:
        if text.isascii() or (whole := fixed(text)) == text:
            return text
        on_repair(text, whole)
        return whole

    return repaired
