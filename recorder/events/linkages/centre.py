"""Report events to an alarm receiving centre, and to it alone that the recorder lives (D-LINK-04, D-NET-17)."""

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.events.alarm_centre import Answer, Report, answer, message
from recorder.events.around import Around
from recorder.events.linkage import Lacking, Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence, plain
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.secret import Secret
from recorder.settings.texts import Printable

if TYPE_CHECKING:
    from recorder.events.engine import Engine

TIMEOUT_S = 10.0
LONGEST_ANSWER = 512
LOOK_S = 1.0
LONGEST_TEST_H = 168
AGAIN_US = 300 * SECOND_US
"""How soon a test report that nobody took is sent again."""
KEYS = frozenset((0, 32, 48, 64))
ALARM, TROUBLE, TEST = ("BA", "BR"), ("UT", "UJ"), "RP"
"""SIA codes (DC-03): burglary alarm and its restoral, untyped zone trouble and its restoral, automatic test."""
ALARMS = frozenset(("input-alarm", "network-alarm", "motion-detection", "video-tampering"))
log = logging.getLogger(__name__)


class CentreFailed(NightjarError):
    """The alarm receiving centre took no report."""

    status = 502
    words = _("The alarm centre was not told: {problem}")


def account_number(text: str) -> str:
    """Read an account; raises `NotAllowed`."""
    if text and (not 3 <= len(text) <= 16 or any(one not in "0123456789ABCDEF" for one in text.upper())):
        raise NotAllowed(_("This is no account."), _("3 to 16 digits from 0 to F"))
    return text.upper()


def hex_key(secret: Secret) -> Secret:
    """Read a key; raises `NotAllowed`."""
    text = secret.reveal()
    if len(text) not in KEYS or any(one not in "0123456789abcdefABCDEF" for one in text):
        raise NotAllowed(_("This is no key."), _("32, 48 or 64 digits from 0 to F, or nothing"))
    return secret


class AlarmCentre(
    Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM, order=189, title=_("Alarm centre")
):
    """The alarm receiving centre: SIA DC-09 over TCP."""

    host: Printable = setting("", longest=253, title=_("Receiver"), hint=_("Empty: nothing is reported."))
    port: int = setting(12000, ge=1, le=65535, title=_("Port"))
    account: Annotated[str, AfterValidator(account_number)] = setting("", longest=16, title=_("Account"))
    key: Annotated[Secret, AfterValidator(hex_key)] = setting(
        Secret(), title=_("Key (AES)"), hint=_("As the centre gave it, in hexadecimal. Empty: not encrypted.")
    )
    test_h: int = setting(24, ge=0, le=LONGEST_TEST_H, title=_("Test report every"), unit="h", hint=_("0 sends none."))

    @property
    def complete(self) -> bool:
        """Whether something can be reported."""
        return bool(self.host and self.account)


class CentreOptions(LinkageOptions):
    """Whether."""

    centre: bool = setting(False, title=_("Report to the alarm centre"), group=_("Alarm centre"))


class Centre(Linkage[CentreOptions]):
    """One report after another: a receiver of old takes one connection."""

    name = "centre"
    title = _("Alarm centre")
    order = 95
    delays_s = (5.0, 30.0, 120.0)
    patience_s = 60.0
    lasts = True

    def __init__(self, around: Around, engine: "Engine") -> None:
        super().__init__(around, engine)
        self._turn = asyncio.Lock()
        self._sequence = secrets.randbelow(9999) + 1
        self._test_us: int | None = None
        """When the next test report is due (monotonic)."""

    async def run(self) -> None:
        """Send test reports until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Send a test report if it is time; the first one at once: so it is seen that it works."""
        page = await asyncio.to_thread(self.around.settings.get, AlarmCentre)
        now_us = self.around.clock.monotonic_us()
        if not page.complete or not page.test_h:
            self._test_us = None
        elif self._test_us is None or now_us >= self._test_us:
            self._test_us = now_us + AGAIN_US
            try:
                await self._send(page, Report(TEST, 0))
            except CentreFailed as error:
                log.warning("%s", error)
            else:
                self._test_us = now_us + page.test_h * 3600 * SECOND_US

    async def begin(self, occurrence: Occurrence, page: CentreOptions) -> str:
        """Report the alarm."""
        del page
        await self._report(occurrence, over=False)
        return ""

    async def end(self, occurrence: Occurrence, page: CentreOptions) -> None:
        """Report that it is over."""
        del page
        await self._report(occurrence, over=True)

    async def _report(self, occurrence: Occurrence, *, over: bool) -> None:
        page = await asyncio.to_thread(self.around.settings.get, AlarmCentre)
        if not page.complete:
            raise Lacking(words=_("Receiver and account are not set up on the page Alarm centre."))
        codes = ALARM if occurrence.key.source in ALARMS else TROUBLE
        await self._send(page, Report(codes[over], occurrence.channel, occurrence.words))

    async def _send(self, page: AlarmCentre, report: Report) -> None:
        async with self._turn:
            sequence, self._sequence = self._sequence, self._sequence % 9999 + 1
            key = bytes.fromhex(page.key.reveal())
            told = message(report, page.account, sequence, self.around.clock.now_us(), key)
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    said = await _exchange(page.host, page.port, told)
            except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
                raise CentreFailed(problem=plain(str(error)) or _("it does not answer")) from error
            match answer(said, sequence):
                case Answer.ACK:
                    return
                case Answer.NAK:
                    raise CentreFailed(problem=_("its clock and ours differ, or the key is another one"))
                case Answer.DUH:
                    raise CentreFailed(problem=_("it cannot take such a report"))
                case None:
                    raise CentreFailed(problem=_("its answer makes no sense"))


async def _exchange(host: str, port: int, told: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(host, port, limit=LONGEST_ANSWER)
    try:
        writer.write(told)
        await writer.drain()
        return await reader.readuntil(b"\r")
    finally:
        writer.close()
