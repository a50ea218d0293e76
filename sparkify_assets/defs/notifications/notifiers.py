"""Notifiers tell people of a run which needs them: in the log, and by a webhook."""

import html
import json
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pydantic import SecretStr

from sparkify_assets.errors import NotifyError, SparkifyError
from sparkify_assets.pages.printable import printable_text

TIMEOUT_SECONDS = 10
SECONDS_BETWEEN_TRIES = 1
_BUSY = 429


@dataclass(frozen=True)
class Notice:
    """What happened, in plain text; an error stopped something, anything else is a warning."""

    title: str
    details: tuple[str, ...]
    is_error: bool

    @property
    def text(self) -> str:
        """The title, and each detail on a line of its own, all of it printable."""
        return printable_text("\n".join([self.title, *(f"- {detail}" for detail in self.details)]))


class Notifier(ABC):
    """A channel to people. To add one, write a subclass here and list it in `notifiers`."""

    @abstractmethod
    def notify(self, notice: Notice) -> None:
        """Send it. Raises NotifyError, without secrets in the message, if that fails; the caller goes on."""


class LogNotifier(Notifier):
    """Writes to a log, as an error or as a warning."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log

    def notify(self, notice: Notice) -> None:
        """Log it."""
        self._log.log(logging.ERROR if notice.is_error else logging.WARNING, notice.text)


class WebhookNotifier(Notifier):
    """Posts {"text": ...} to an address, as Slack, Mattermost and many others take it.

    The address is a secret: who knows it may post. That is why this is not `requests`: urllib3 logs the path of
    each request. A second try follows if nobody answers or the other side is busy.
    """

    def __init__(self, url: SecretStr) -> None:
        self._url = url
        self._opener = build_opener(_NoRedirect)

    def notify(self, notice: Notice) -> None:
        """Post it; waits at most 10 seconds for each answer."""
        # As Slack asks for: it takes <!channel> for a call to everybody, and <...|...> for a link.
        body = json.dumps({"text": html.escape(notice.text, quote=False)}).encode()
        problem, may_pass = self._post(body)
        if may_pass:
            time.sleep(SECONDS_BETWEEN_TRIES)
            problem, _ = self._post(body)
        if problem:
            raise NotifyError(f"The webhook of SPARKIFY_NOTIFY_WEBHOOK {problem}. Check the address.")

    def _post(self, body: bytes) -> tuple[str, bool]:
        """What went wrong, if anything, and whether a second try may succeed."""
        try:
            # Errors of urllib name the address, so only their kind is reported.
            request = Request(self._url.get_secret_value(), body, {"Content-Type": "application/json"})
            with self._opener.open(request, timeout=TIMEOUT_SECONDS):
                return "", False
        except HTTPError as error:
            with error:
                return f"answered with HTTP {error.code}", error.code >= 500 or error.code == _BUSY
        except (OSError, HTTPException) as error:
            return f"did not answer ({type(getattr(error, 'reason', error)).__name__})", True
        except ValueError:
            return "is no address", False


class _NoRedirect(HTTPRedirectHandler):
    """Makes a redirect an error: the post would arrive as an empty get."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


def notifiers(webhook: SecretStr | None, log: logging.Logger | None = None) -> list[Notifier]:
    """The notifiers in use: the log, if there is one, and the webhook, if it is set."""
    return [*([LogNotifier(log)] if log else []), *([WebhookNotifier(webhook)] if webhook else [])]


def notify_all(channels: Iterable[Notifier], notice: Notice, on_error: Callable[[str], object]) -> None:
    """Send it to each. One which fails is reported to `on_error` and does not stop the others."""
    for channel in channels:
        try:
            channel.notify(notice)
        except SparkifyError as error:
            on_error(f"Could not notify of: {notice.title}. {error}")
        except Exception as error:
            on_error(f"Could not notify of: {notice.title}. {type(channel).__name__}: {type(error).__name__}")
