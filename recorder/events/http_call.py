"""What a linkage calls on the network: no redirect is followed, no proxy asked, no answer kept."""

import asyncio
import importlib
from collections.abc import Mapping

from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.events.occurrence import plain

TIMEOUT_S = 10.0


class CallFailed(NightjarError):
    """The other end did not take it."""

    status = 502
    words = _("It was not taken: {problem}")


async def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes | None = None,
    params: Mapping[str, str] | None = None,
) -> int:
    """Call an address and give the status of a success; raises `CallFailed`."""
    # When it is first needed, and beside the loop: reading it is a fourteenth of control's start.
    await asyncio.to_thread(importlib.import_module, "httpx")
    import httpx

    try:
        async with (
            httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream(
                method, url, content=content, headers={"User-Agent": "Nightjar", **headers}, params=params
            ) as answer,
        ):
            if not answer.is_success:
                raise CallFailed(problem=_("it answered {status}").format(status=answer.status_code))
            return answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise CallFailed(problem=plain(str(error)) or type(error).__name__) from error
