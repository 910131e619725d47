"""One channel: its name, where its camera's streams are, and how to log in (D-CAM-03)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, model_validator

from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.media.plan import Transport
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.rtsp_url import ADDRESS, optional_rtsp_url, rtsp_url, take_login_out
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.secret import Secret
from recorder.settings.texts import Printable

MOST_SEATS = 64
"""As many as the camera net of the hardware layer has."""


def fingerprint(text: str) -> str:
    """Read a SHA-256 as certificates are shown, with or without colons; raises `NotAllowed`."""
    plain = text.replace(":", "").replace(" ", "").lower()
    if plain and (len(plain) != 64 or any(one not in "0123456789abcdef" for one in plain)):
        raise NotAllowed(_("This is no SHA-256 fingerprint."), _("64 digits from 0 to F, or nothing"))
    return plain


class WallStream(StrEnum):
    """Which stream feeds the wall."""

    MAIN = "main"
    SUB = "sub"


class Channel(
    Page,
    scope=Scope.CHANNEL,
    area=Area.CAMERA,
    permission=Permission.CAMERA,
    order=30,
    copyable=False,
    title=_("Channel"),
):
    """Name, addresses and login of a camera."""

    name: Printable = setting("", longest=63, title=_("Name"), hint=_("Left empty: Camera and its number."))
    enabled: bool = setting(True, title=_("Enabled"))
    url: Annotated[str, AfterValidator(rtsp_url)] = setting(
        title=_("Main stream"), longest=2048, widget="url", hint=_("For example rtsp://192.168.1.20/stream1")
    )
    seat: int = setting(
        0,
        ge=0,
        le=MOST_SEATS,
        title=_("PoE port"),
        hint=_("Where it was first plugged in; {address} above stands for it. 0: none."),
    )
    sub_url: Annotated[str, AfterValidator(optional_rtsp_url)] = setting(
        "", title=_("Sub stream"), longest=2048, widget="url", hint=_("A smaller picture for the wall; may be empty.")
    )
    user: Printable = setting("", longest=64, title=_("User"))
    password: Secret = setting(Secret(), title=_("Password"))
    transport: Transport = setting(
        Transport.AUTO,
        title=_("Transport"),
        choices={
            "auto": _("Automatic"),
            "tcp": _("TCP (safe)"),
            "udp": _("UDP (least delay)"),
            "multicast": _("Multicast (one stream for many recorders)"),
        },
        hint=_("Encrypted addresses (rtsps://) always take TCP."),
    )
    certificate: Annotated[str, AfterValidator(fingerprint)] = setting(
        "",
        longest=95,
        title=_("Accepted certificate"),
        hint=_("Of an encrypted address, in place of the first one seen. Empty: that one."),
    )
    wall_stream: WallStream = setting(
        WallStream.SUB,
        title=_("Stream for the wall"),
        choices={"main": _("Main stream"), "sub": _("Sub stream, where there is one")},
    )

    @model_validator(mode="after")
    def _an_address_of_a_seat_names_it(self) -> Self:
        if not self.seat and ADDRESS in self.url + self.sub_url:
            raise NotAllowed(_("{address} needs the number of a PoE port."), _("a PoE port from 1 on"))
        return self

    @property
    def shown_stream(self) -> StreamName:
        """The stream that the wall takes: the one wished for, as far as there is one."""
        return StreamName.SUB if self.wall_stream is WallStream.SUB and self.sub_url else StreamName.MAIN

    @classmethod
    def prepare(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Take user and password out of addresses, into their own fields; fields given by themselves win."""
        found = dict(values)
        for field in ("url", "sub_url"):
            address = found.get(field)
            if not isinstance(address, str):
                continue
            split = take_login_out(address)
            found[field] = split.url
            for name, part in (("user", split.user), ("password", split.password)):
                if part is not None and not found.get(name):
                    found[name] = part
        return found
