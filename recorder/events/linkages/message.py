"""Show an event on the local screen when it begins (D-LINK-03, V-ALM-44)."""

from typing import Any

from recorder.client.happened import ScreenMessage
from recorder.client.words import _
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.settings.page import setting


def on_screen(*, shown: bool = True) -> Any:
    """Declare the switch; sources that are rare and grave have it on."""
    return setting(shown, title=_("Show a message on the screen"), group=_("At the recorder"))


class MessageOptions(LinkageOptions):
    """Whether."""

    message: bool = on_screen(shown=False)


class Message(Linkage[MessageOptions]):
    """The screen shows the words for some seconds, over whatever it shows."""

    name = "message"
    title = _("Message on the screen")
    order = 45

    async def begin(self, occurrence: Occurrence, page: MessageOptions) -> str:
        """Show it."""
        del page
        key = occurrence.key
        shown = (occurrence.id, occurrence.channel, occurrence.begin_us, occurrence.words, key.source, key.item)
        self.around.messages.show(ScreenMessage(*shown))
        return ""
