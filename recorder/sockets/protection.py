"""Headers with which an answer tells a browser what pages of ours may do, and what others may do with them."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

_ALL = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def protection(policy: str) -> Mapping[str, str]:
    """Give the headers of pages with this content security policy."""
    return {"Content-Security-Policy": policy, **_ALL}


def protected(send: Send, headers: Mapping[str, str]) -> Send:
    """Give what sends an answer with these headers."""

    async def send_protected(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return send_protected
