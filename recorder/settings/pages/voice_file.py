"""Voice files: what the recorder says when something happens (D-LINK-12, D-AUD-01)."""

import re
from typing import Any, ClassVar

from recorder.client.words import _
from recorder.settings.action import Run, action
from recorder.settings.page import Page, setting
from recorder.settings.remarked import Remarked
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable

NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,31}", re.ASCII)
"""Such a name is a file's name on any system."""


class VoiceFile(
    Remarked,
    Page,
    scope=Scope.LIST,
    area=Area.EVENT,
    permission=Permission.SYSTEM,
    order=183,
    removable=True,
    named=_("Add voice file"),
    title=_("Voice files"),
):
    """What is said when something happens; the sound itself is sent to the recorder as a WAV file."""

    names: ClassVar[re.Pattern[str]] = NAME
    remarks: Printable = setting("", longest=200, title=_("What it says"))
    volume_percent: int = setting(80, ge=0, le=100, title=_("How loud"), unit="%")

    @action(title=_("Play it once"))
    def play(self, run: Run) -> dict[str, Any]:
        """Let it be heard at the recorder."""
        run.progress(1, 1, _("It is played now."))
        return {"words": _("It is played now, unless an alarm is heard or there is no loudspeaker."), "item": run.item}
