"""Fetching a bundle from a web server: plain requests, few redirects, nothing but the file's own bytes believed."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from recorder.client.errors import NightjarError
from recorder.client.words import _

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT_S = 30.0
"""Without a byte for so long it is given up."""
MOST_REDIRECTS = 3
LONGEST_URL = 2048


class BadAddress(NightjarError):
    """An address that no bundle is fetched from."""

    status = 422
    words = _("An update is fetched from an address that begins with https:// or http://.")


class NotFetched(NightjarError):
    """The server did not give the file."""

    status = 502
    words = _("The update could not be fetched: {problem}")


def shown(url: str) -> str:
    """Give an address as it may stand in the audit: without user and password, and without what is asked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition(":")[0]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@contextmanager
def fetched(url: str, total: Callable[[int], None]) -> "Generator[Iterator[bytes]]":
    """Give the pieces of the file at an address; `total` gets its size where that is told.

    Raises `BadAddress`, `NotFetched`.
    """
    import httpx

    try:
        asked = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        raise BadAddress from None
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            for _try in range(MOST_REDIRECTS + 1):
                if asked.scheme not in {"http", "https"} or not asked.host or len(str(asked)) > LONGEST_URL:
                    raise BadAddress
                with client.stream(
                    "GET", asked, headers={"User-Agent": "Nightjar", "Accept-Encoding": "identity"}
                ) as answer:
                    if answer.next_request is not None:
                        asked = answer.next_request.url
                        continue
                    if not answer.is_success:
                        raise NotFetched(problem=_("the server answered {status}").format(status=answer.status_code))
                    told = answer.headers.get("content-length", "")
                    total(int(told) if told.isdecimal() and len(told) < 16 else 0)
                    yield answer.iter_raw()  # as it comes: between two pieces it may be given up
                    return
            raise NotFetched(problem=_("the server sends from one address to the next"))
    except httpx.HTTPError as error:
        raise NotFetched(problem=type(error).__name__) from None
