"""Keep the footage of an event from being overwritten, and tag it with its words (V-ALM-24, D-RULE-14)."""

from typing import Annotated

from pydantic import Field

from recorder.client.answers import HoldKind
from recorder.client.clock import SECOND_US
from recorder.client.words import _
from recorder.control import keeping
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence, chosen
from recorder.settings.page import setting

DAY_US = 86_400 * SECOND_US
OWNER = "alarm"
GROUP = _("Evidence")


class HoldOptions(LinkageOptions):
    """Of which channels, from when to when, and for how long."""

    hold: bool = setting(False, title=_("Lock the footage"), group=GROUP)
    hold_channels: tuple[Annotated[int, Field(ge=1, le=128)], ...] = setting(
        (), longest=128, title=_("Cameras"), widget="channels", group=GROUP, nothing=_("The event's own")
    )
    hold_around_s: int = setting(30, ge=0, le=3600, title=_("From before to after it"), unit="s", group=GROUP)
    hold_days: int = setting(30, ge=1, le=3650, title=_("Locked for"), unit=_("days"), group=GROUP)


class Hold(Linkage[HoldOptions]):
    """Locks when the event is over: then it is known what belongs to it."""

    name = "hold"
    order = 20
    title = _("Evidence")
    lasts = True

    def lacking(self, occurrence: Occurrence, page: HoldOptions) -> str:
        """A camera."""
        return "" if chosen(page.hold_channels, occurrence) else _("No camera is chosen.")

    async def begin(self, occurrence: Occurrence, page: HoldOptions) -> str:
        """Nothing yet: it is locked when it is over."""
        del occurrence, page
        return _("It is locked when the event is over.")

    async def end(self, occurrence: Occurrence, page: HoldOptions) -> None:
        """Lock and tag."""
        now_us = self.around.clock.now_us()
        end_us = now_us if occurrence.end_us is None else occurrence.end_us
        around_us = page.hold_around_s * SECOND_US
        start_us, until_us = occurrence.begin_us - around_us, max(end_us + around_us, occurrence.begin_us + SECOND_US)
        for channel in chosen(page.hold_channels, occurrence):
            await keeping.hold(
                self.around.instance,
                channel,
                None,
                start_us,
                until_us,
                owner=OWNER,
                reason=occurrence.words,
                expires_us=now_us + page.hold_days * DAY_US,
                kind=HoldKind.EVIDENCE,
            )
            await keeping.tag(
                self.around.instance, channel, None, occurrence.begin_us, end_us, owner=OWNER, words=occurrence.words
            )
