"""The log server that gets the log as it grows (RFC 5424 over TCP or TLS)."""

import re
import socket
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator

from recorder.client.clock import SECOND_US
from recorder.client.log import LEVELS, Level
from recorder.client.words import _
from recorder.logs.line import Line, LogServerAway
from recorder.logs.syslog import Sender, framed
from recorder.settings.action import Run, action
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable

_FINGERPRINT = re.compile(r"(?:[0-9A-Fa-f]{2}:?){32}")


def sha256(text: str) -> str:
    """Read a fingerprint as `openssl x509 -fingerprint -sha256` writes it; raises `NotAllowed`."""
    if text and not _FINGERPRINT.fullmatch(text):
        raise NotAllowed(_("This is no SHA-256 fingerprint."), _("64 digits of 0-9, a-f"))
    return text


class LogServer(
    Page, scope=Scope.SYSTEM, area=Area.SYSTEM, permission=Permission.SYSTEM, order=171, title=_("Log server")
):
    """Where the log is sent. Only administrators change it: the whole log goes there."""

    host: Printable = setting("", longest=253, title=_("Log server"), hint=_("Empty: the log is sent nowhere."))
    port: int = setting(6514, ge=1, le=65535, title=_("Port"), hint=_("6514 with TLS, else often 601 or 514."))
    tls: bool = setting(True, title="TLS", hint=_("Without it everybody on the way can read the log."))
    fingerprint: Annotated[Printable, AfterValidator(sha256)] = setting(
        "",
        longest=95,
        title=_("Its certificate's fingerprint"),
        hint=_("SHA-256. Empty: a public authority must vouch for the server's name."),
    )
    level: Level = setting(
        Level.INFO, title=_("From level"), choices={one.value: words for one, words in LEVELS.items()}
    )
    facility: int = setting(0, ge=0, le=7, title=_("Facility"), hint=_("local0 to local7, as the server sorts by it."))

    @action(title=_("Send a test message"))
    def send_test(self, run: Run) -> dict[str, Any]:
        """Send one message and wait until the server has acknowledged it."""
        run.progress(0, 1, _("Sending"))
        if not self.host:
            raise LogServerAway(problem=_("no server is given"))
        at_us = round(datetime.now(UTC).timestamp() * SECOND_US)
        text = _("This is the test message of the recorder.")
        line = Line(self)
        try:
            line.send(framed(self.sender().written(at_us, Level.NOTICE, "test", {}, text)))
        finally:
            line.close()
        run.progress(1, 1, _("The log server took it."))
        return {"words": _("The log server took it.")}

    def sender(self) -> Sender:
        """Give who sends."""
        return Sender(socket.gethostname(), self.facility)
