"""Switch outputs on while an event lasts, and some seconds longer (D-LINK-02, D-LINK-02.1)."""

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from recorder.client.clock import SECOND_US
from recorder.client.words import _
from recorder.control.terminals import RELAY
from recorder.events.around import Around
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.settings.page import setting
from recorder.settings.pages.alarm_output import Mode
from recorder.settings.terminal import LONGEST_TERMINAL
from recorder.settings.texts import Printable

if TYPE_CHECKING:
    from recorder.events.engine import Engine

LONGEST_POST_S = 300
MOST_OUTPUTS = 64
"""A board with all its boxes has fewer."""
GROUP = _("Outputs")


def _names(found: Any) -> Any:
    """Read names with commas between too: so they were stored once, and so they are easily written."""
    if not isinstance(found, str):
        return found
    return tuple(dict.fromkeys(name for one in found.split(",") if (name := one.strip())))


Outputs = Annotated[
    tuple[Annotated[Printable, Field(min_length=1, max_length=LONGEST_TERMINAL)], ...], BeforeValidator(_names)
]


class RelayOptions(LinkageOptions):
    """Which outputs, and for how long."""

    relay: bool = setting(False, title=_("Switch outputs on"), group=GROUP)
    relay_outputs: Outputs = setting(
        (), longest=MOST_OUTPUTS, title=_("Outputs"), widget="items-of:alarm-output", group=GROUP
    )
    relay_post_s: int = setting(10, ge=0, le=LONGEST_POST_S, title=_("Post-alarm"), unit="s", group=GROUP)


class Relay(Linkage[RelayOptions]):
    """Of several events that hold one output the last decides when it goes off (V-ALM-21)."""

    name = "relay"
    order = 30
    title = _("Outputs")
    lasts = True

    def __init__(self, around: Around, engine: "Engine") -> None:
        super().__init__(around, engine)
        self._held: dict[str, set[int]] = defaultdict(set)
        self._until_us: dict[str, int] = defaultdict(int)
        """Monotonic: until then the post-alarm of an event that is over keeps an output on."""

    def lacking(self, occurrence: Occurrence, page: RelayOptions) -> str:
        """Outputs in mode Automatic."""
        del occurrence
        if not page.relay_outputs:
            return _("No output is chosen.")
        if not self._automatic(page):
            return _("None of the outputs is in mode Automatic.")
        return ""

    async def begin(self, occurrence: Occurrence, page: RelayOptions) -> str:
        """Switch them on; one that cannot be does not keep the others off."""
        failed: Exception | None = None
        for output in self._automatic(page):
            self._held[output].add(occurrence.id)
            try:
                await self.around.terminals.switch(output, closed=True)
            except Exception as error:  # noqa: BLE001 - raised again below, when the others are on
                failed = error
        if failed is not None:
            raise failed
        return ", ".join(page.relay_outputs)

    async def end(self, occurrence: Occurrence, page: RelayOptions) -> None:
        """Let them go off when no other event holds them."""
        now_us = self.around.clock.now_us()
        over_us = max(0, now_us - (now_us if occurrence.end_us is None else occurrence.end_us))
        left_us = max(0, page.relay_post_s * SECOND_US - over_us)
        monotonic_us = self.around.clock.monotonic_us()
        failed: Exception | None = None
        for output in page.relay_outputs:
            self._held[output].discard(occurrence.id)
            self._until_us[output] = max(self._until_us[output], monotonic_us + left_us)
            if self._held[output] or self.around.terminals.mode(output) is not Mode.AUTO:
                continue
            after_s = max(0, self._until_us[output] - monotonic_us) / SECOND_US
            try:
                await self.around.hardware.ask(RELAY, output, "release", after_s=after_s)
            except Exception as error:  # noqa: BLE001 - as above
                failed = error
        if failed is not None:
            raise failed

    def _automatic(self, page: RelayOptions) -> list[str]:
        return [one for one in page.relay_outputs if self.around.terminals.mode(one) is Mode.AUTO]
