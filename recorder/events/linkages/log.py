"""Write an event into the recorder's log (D-LINK-11)."""

import logging
from typing import Any

from recorder.client.words import _
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.settings.page import setting

log = logging.getLogger(__name__)


def logged(*, on: bool = True) -> Any:
    """Declare the switch; what happens all day long has it off: the list of events has it anyway."""
    return setting(on, title=_("Write to the log"), group=_("At the recorder"))


class LogOptions(LinkageOptions):
    """Whether."""

    log: bool = logged()


class Log(Linkage[LogOptions]):
    """One line for each event."""

    name = "log"
    order = 55
    title = _("Log")

    async def begin(self, occurrence: Occurrence, page: LogOptions) -> str:
        """Write it."""
        del page
        log.warning("event %d, %s: %s", occurrence.id, occurrence.key.source, occurrence.words)
        return ""
