"""Tell a network manager of events by SNMP, with version 2c or 3 (D-LINK-14, D-NET-15).

What is sent is an inform, which its receiver confirms: `BEGAN` and `OVER` with the values of `VALUES`. They stand below
netSnmpPlaypen (NET-SNMP-MIB), the place for those without a number of their own.
"""

import asyncio
from enum import StrEnum
from typing import Any

from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.events.linkage import Lacking, Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence, plain
from recorder.events.template import values
from recorder.settings.page import Page, setting
from recorder.settings.pages.general import General
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.secret import Secret
from recorder.settings.texts import Printable

ROOT = "1.3.6.1.4.1.8072.9999.9999"
BEGAN, OVER = f"{ROOT}.0.1", f"{ROOT}.0.2"
VALUES = ("event", "source", "item", "part", "channel", "state", "time", "words", "recorder")
"""Value `n` of these, counted from 1, is at `ROOT.1.n.0`."""
TIMEOUT_S, RETRIES = 2.0, 1
SHORTEST_KEY = 8
"""RFC 3414 §11.2 wants passwords of eight characters."""
LOGIN = _("Login")


class SnmpFailed(NightjarError):
    """The network manager confirmed nothing."""

    status = 502
    words = _("The SNMP manager was not told: {problem}")


class Version(StrEnum):
    """How it is spoken."""

    V2C = "2c"
    V3 = "3"


class Snmp(Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM, order=188, title=_("SNMP")):
    """The network manager that is told of events."""

    host: Printable = setting("", longest=253, title=_("Manager"), hint=_("Empty: nobody is told."))
    port: int = setting(162, ge=1, le=65535, title=_("Port"))
    version: Version = setting(
        Version.V3,
        title=_("Version"),
        choices={"3": _("3: with login and encryption"), "2c": _("2c: readable by everybody on the way")},
    )
    community: Secret = setting(Secret(), title=_("Community"), group=LOGIN, hint=_("For version 2c."))
    user: Printable = setting("", longest=32, title=_("User"), group=LOGIN, hint=_("For version 3."))
    auth_key: Secret = setting(Secret(), title=_("Password (SHA)"), group=LOGIN, hint=_("Eight characters or more."))
    privacy_key: Secret = setting(Secret(), title=_("Key (AES)"), group=LOGIN, hint=_("Eight characters or more."))

    @property
    def complete(self) -> bool:
        """Whether somebody can be told."""
        keys = min(len(self.auth_key.reveal()), len(self.privacy_key.reveal())) >= SHORTEST_KEY
        return bool(self.host) and (bool(self.community) if self.version is Version.V2C else bool(self.user) and keys)


class TrapOptions(LinkageOptions):
    """Whether."""

    trap: bool = setting(False, title=_("Tell the SNMP manager"), group=_("SNMP"))


class Trap(Linkage[TrapOptions]):
    """Tells when it begins and when it is over."""

    name = "trap"
    title = _("SNMP")
    order = 90
    delays_s = (5.0, 30.0)
    lasts = True

    async def begin(self, occurrence: Occurrence, page: TrapOptions) -> str:
        """Tell that it is so."""
        del page
        await self._tell(occurrence, over=False)
        return ""

    async def end(self, occurrence: Occurrence, page: TrapOptions) -> None:
        """Tell that it is no longer so."""
        del page
        await self._tell(occurrence, over=True)

    async def _tell(self, occurrence: Occurrence, *, over: bool) -> None:
        page, general = await asyncio.to_thread(self._settings)
        if not page.complete:
            raise Lacking(words=_("Manager and login are not set up on the page SNMP."))
        given = values(occurrence, general.recorder_name, over=over)
        await inform(page, OVER if over else BEGAN, {name: str(given[name]) for name in VALUES})

    def _settings(self) -> tuple[Snmp, General]:
        return self.around.settings.get(Snmp), self.around.settings.get(General)


async def inform(page: Snmp, what: str, told: dict[str, str]) -> None:
    """Send an inform and wait until it is confirmed; raises `SnmpFailed`."""
    from pyasn1.error import PyAsn1Error
    from pysnmp.error import PySnmpError
    from pysnmp.hlapi.v3arch import asyncio as snmp

    login: Any = snmp.CommunityData(page.community.reveal(), mpModel=1)  # noqa: S508 - many know no better; 3 is there
    if page.version is Version.V3:
        how: dict[str, Any] = {"authProtocol": snmp.usmHMACSHAAuthProtocol, "privProtocol": snmp.usmAesCfb128Protocol}
        login = snmp.UsmUserData(page.user, page.auth_key.reveal(), page.privacy_key.reveal(), **how)
    said = snmp.NotificationType(snmp.ObjectIdentity(what)).add_varbinds(
        *((f"{ROOT}.1.{number}.0", snmp.OctetString(told[name].encode())) for number, name in enumerate(VALUES, 1))
    )
    engine = snmp.SnmpEngine()
    try:
        place = await snmp.UdpTransportTarget.create((page.host, page.port), timeout=TIMEOUT_S, retries=RETRIES)
        problem, status, _index, _values = await snmp.send_notification(
            engine, login, place, snmp.ContextData(), "inform", said
        )
    except (PySnmpError, PyAsn1Error, OSError, UnicodeError) as error:
        raise SnmpFailed(problem=plain(str(error)) or type(error).__name__) from error
    finally:
        engine.close_dispatcher()
    if problem or status:
        raise SnmpFailed(problem=plain(str(problem or status)))
