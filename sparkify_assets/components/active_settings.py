"""The settings which definitions are being built with: those of this process, unless others are active."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sparkify_assets.settings import Settings, load_settings

_ACTIVE: ContextVar[Settings | None] = ContextVar("active_settings", default=None)


def active_settings() -> Settings:
    """The settings for what is built now."""
    return _ACTIVE.get() or load_settings()


@contextmanager
def use_settings(settings: Settings) -> Iterator[None]:
    """Build with these settings inside of the block."""
    token = _ACTIVE.set(settings)
    try:
        yield
    finally:
        _ACTIVE.reset(token)
