"""The RTSP server: whether others may fetch live streams from the recorder, at which ports, and how many at once."""

from typing import Self

from pydantic import model_validator

from recorder.client.words import _
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope

MOST_CLIENTS = 64
"""Each is served on its own: packets of 64 main streams are what one core of the smallest box makes."""
PORT, TLS_PORT = 554, 322
"""RFC 2326 §3.2, RFC 7826 §22.14."""


class Restreaming(
    Page, scope=Scope.SYSTEM, area=Area.NETWORK, permission=Permission.SYSTEM, order=240, title=_("RTSP server")
):
    """Live streams for other recorders and programs, at rtsp://ADDRESS/channel/1/main (or sub). Off by itself."""

    enabled: bool = setting(
        False,
        title=_("Serve live streams"),
        hint=_("To RTSP users only, as rtsp://ADDRESS:PORT/channel/1/main and /channel/1/sub."),
    )
    port: int = setting(
        PORT,
        ge=0,
        le=65535,
        title=_("Port"),
        hint=_("554 is usual. 0: none. Passwords are safe here, pictures can be seen on the way."),
    )
    tls_port: int = setting(
        0,
        ge=0,
        le=65535,
        title=_("Port with TLS"),
        hint=_("322 is usual, for rtsps:// with a certificate that the recorder made. 0: none."),
    )
    clients: int = setting(8, ge=1, le=MOST_CLIENTS, title=_("Streams at once"))

    @model_validator(mode="after")
    def _ports_differ(self) -> Self:
        if self.enabled and self.port == self.tls_port:
            raise NotAllowed(_("Both ports are the same."), _("two ports, of which one may be 0"))
        return self
