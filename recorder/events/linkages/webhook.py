"""Call an address on the network when an event begins, and when it is over (V-ALM-26)."""

import asyncio
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator

from recorder.client.words import _
from recorder.events.http_call import TIMEOUT_S, call
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence, plain
from recorder.events.template import checked, filled, in_json, values
from recorder.settings.errors import NotAllowed
from recorder.settings.page import setting
from recorder.settings.pages.general import General
from recorder.settings.secret import Secret
from recorder.settings.texts import Printable

LONGEST_URL = 2048
LONGEST_BODY = 4096
GROUP = _("Webhook")
STANDARD = (
    '{"event": {event}, "state": "{state}", "source": "{source}", "item": "{item}", "channel": {channel},'
    ' "time": "{time}", "words": "{words}", "recorder": "{recorder}"}'
)


class Method(StrEnum):
    """How it is called."""

    POST = "POST"
    GET = "GET"


def address(text: str) -> str:
    """Read an address with `{names}` in path and query; raises `NotAllowed`."""
    if not text:
        return text
    allowed = _("http:// or https:// with a host")
    try:
        found = urlsplit(text)
        _port = found.port
    except ValueError:
        raise NotAllowed(_("This is no address."), allowed) from None
    if found.scheme not in {"http", "https"} or not found.hostname or not text.isprintable() or " " in text:
        raise NotAllowed(_("This is no address of the web."), allowed)
    if "{" in found.netloc or found.username is not None:
        raise NotAllowed(_("Names of an event may stand in path and query, a login in the field Token."), allowed)
    return checked(text)


class WebhookOptions(LinkageOptions):
    """Whom to call, how, and what to say."""

    webhook: bool = setting(False, title=_("Call a web address"), group=GROUP)
    webhook_url: Annotated[str, AfterValidator(address)] = setting(
        "",
        longest=LONGEST_URL,
        title=_("Address"),
        widget="url",
        group=GROUP,
        hint=_("{channel} and the like are filled in."),
    )
    webhook_method: Method = setting(
        Method.POST, title=_("Method"), group=GROUP, choices={"POST": "POST", "GET": "GET"}
    )
    webhook_body: Annotated[str, AfterValidator(checked)] = setting(
        "", longest=LONGEST_BODY, title=_("Body"), group=GROUP, hint=_("Empty: JSON with all that is known. With POST.")
    )
    webhook_type: Printable = setting("application/json", longest=100, title=_("Type of the body"), group=GROUP)
    webhook_token: Secret = setting(
        Secret(), title=_("Token"), group=GROUP, hint=_("Sent as Authorization: Bearer; may be empty.")
    )
    webhook_end: bool = setting(False, title=_("Also when it is over"), group=GROUP)


class Webhook(Linkage[WebhookOptions]):
    """Follows no redirects: nobody outside decides what the recorder calls next."""

    name = "webhook"
    title = _("Webhook")
    order = 70
    delays_s = (2.0, 10.0, 60.0)
    patience_s = 2 * TIMEOUT_S
    lasts = True

    def lacking(self, occurrence: Occurrence, page: WebhookOptions) -> str:
        """An address."""
        del occurrence
        return "" if page.webhook_url else _("No web address is given.")

    async def begin(self, occurrence: Occurrence, page: WebhookOptions) -> str:
        """Call."""
        return await self._call(occurrence, page, over=False)

    async def end(self, occurrence: Occurrence, page: WebhookOptions) -> None:
        """Call again, where that is wished for."""
        if page.webhook_end:
            await self._call(occurrence, page, over=True)

    async def _call(self, occurrence: Occurrence, page: WebhookOptions, *, over: bool) -> str:
        general = await asyncio.to_thread(self.around.settings.get, General)
        given = values(occurrence, general.recorder_name, over=over)
        headers: dict[str, str] = {}
        if page.webhook_token:
            headers["Authorization"] = f"Bearer {page.webhook_token.reveal()}"
        body: bytes | None = None
        if page.webhook_method is Method.POST:
            is_json = not page.webhook_body or "json" in page.webhook_type.lower()
            body = filled(page.webhook_body or STANDARD, given, in_json if is_json else plain).encode()
            headers["Content-Type"] = page.webhook_type if page.webhook_body else "application/json"
        told = await call(
            page.webhook_method.value,
            filled(page.webhook_url, given, lambda text: quote(text, safe="")),
            headers=headers,
            content=body,
        )
        return str(told)
