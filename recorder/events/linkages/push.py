"""Push a message to telephones by an ntfy server, with the event's picture (D-LINK-13)."""

import asyncio
import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator

from recorder.client.errors import NightjarError
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.control.footage import still_at
from recorder.events.http_call import TIMEOUT_S, call
from recorder.events.linkage import Lacking, Linkage, LinkageOptions
from recorder.events.linkages.webhook import address
from recorder.events.occurrence import Occurrence, pictured
from recorder.settings.action import Run, action
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.pages.general import General
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.secret import Secret

GROUP = _("Push")
# As ntfy has them: letters, digits, - and _, up to 64.
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Urgency(StrEnum):
    """How much a telephone makes of it; the names of ntfy's priorities."""

    MIN = "min"
    LOW = "low"
    DEFAULT = "default"
    HIGH = "high"
    MAX = "max"


def server_address(text: str) -> str:
    """Read the address of a server; raises `NotAllowed`."""
    address(text)
    if any(one in text for one in "{}?#"):
        raise NotAllowed(_("This is no address of a server."), _("such as https://ntfy.example.org"))
    return text.rstrip("/")


def topic_name(text: str) -> str:
    """Read a topic; raises `NotAllowed`."""
    if text and not _TOPIC.fullmatch(text):
        raise NotAllowed(_("This is no topic."), _("up to 64 letters without accents, digits, - and _"))
    return text


class PushServer(
    Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM, order=185, title=_("Push messages")
):
    """The ntfy server that telephones listen to."""

    server: Annotated[str, AfterValidator(server_address)] = setting(
        "",
        longest=253,
        title=_("Server"),
        widget="url",
        hint=_("Your own or a public one, such as https://ntfy.sh. Empty: nothing is pushed."),
    )
    topic: Annotated[str, AfterValidator(topic_name)] = setting(
        "",
        longest=64,
        title=_("Topic"),
        hint=_("Who knows the name of it reads along on a server without logins: make it hard to guess."),
    )
    token: Secret = setting(Secret(), title=_("Token"), hint=_("Where the server asks for a login; may be empty."))

    @property
    def complete(self) -> bool:
        """Whether something can be pushed."""
        return bool(self.server and self.topic)

    @action(title=_("Push a test message"))
    def push_test(self, run: Run) -> dict[str, Any]:
        """Push a message, as an event would."""
        if not self.complete:
            raise Lacking(words=_("Server and topic must be given."))
        run.progress(0, 1, _("Pushing"))
        asyncio.run(_push(self, _("Test"), _("This is the test message of the recorder."), Urgency.DEFAULT))
        return {"words": _("The server took it.")}


class PushOptions(LinkageOptions):
    """Whether, and how loud."""

    push: bool = setting(False, title=_("Push to telephones"), group=GROUP)
    push_picture: bool = setting(True, title=_("With a picture"), group=GROUP)
    push_urgency: Urgency = setting(
        Urgency.DEFAULT,
        title=_("How urgent"),
        group=GROUP,
        choices={
            "min": _("Silent"),
            "low": _("Low"),
            "default": _("Normal"),
            "high": _("High"),
            "max": _("Highest: vibrates and rings for long"),
        },
    )


class Push(Linkage[PushOptions]):
    """One message for an event, as it begins."""

    name = "push"
    title = _("Push")
    order = 62
    delays_s = (2.0, 10.0, 60.0)
    patience_s = 3 * TIMEOUT_S

    async def begin(self, occurrence: Occurrence, page: PushOptions) -> str:
        """Push it."""
        told, name = await asyncio.to_thread(self._settings)
        if not told.complete:
            raise Lacking(words=_("Server and topic are not set up on the page Push messages."))
        picture, note = await self._picture(occurrence, page) if page.push_picture else (b"", "")
        await _push(told, name, occurrence.words, page.push_urgency, picture)
        return note

    def _settings(self) -> tuple[PushServer, str]:
        return self.around.settings.get(PushServer), self.around.settings.get(General).recorder_name

    async def _picture(self, occurrence: Occurrence, page: PushOptions) -> tuple[bytes, str]:
        """The picture of the event's camera, or of the first that its rule takes one of; else the message alone."""
        for channel in pictured(page, occurrence)[:1]:
            try:
                found = await still_at(self.around.instance, channel, StreamName.MAIN, occurrence.picture_us, 0)
            except NightjarError as error:
                return b"", _("It was pushed without a picture: {problem}").format(problem=error)
            return found.jpeg, ""
        return b"", ""


async def _push(to: PushServer, title: str, words: str, urgency: Urgency, picture: bytes = b"") -> None:
    """Publish as ntfy wants it: the file as the body, all else as parameters, which take any letter."""
    params = {"title": title, "message": words, "priority": urgency.value}
    if picture:
        params["filename"] = "picture.jpg"
    headers = {"Authorization": f"Bearer {to.token.reveal()}"} if to.token else {}
    await call("PUT", f"{to.server}/{to.topic}", headers=headers, content=picture, params=params)
