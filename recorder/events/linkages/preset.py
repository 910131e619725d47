"""Send a camera that turns to a preset when an event begins (D-LINK-07, V-ALM-22)."""

from hal.client.kinds import Action
from recorder.client.words import _
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.settings.page import setting
from recorder.settings.settings import Author

GROUP = _("PTZ")
ITSELF = Author("recorder", "events")


class PresetOptions(LinkageOptions):
    """Which camera, and where to."""

    preset: bool = setting(False, title=_("Go to a preset"), group=GROUP)
    preset_channel: int = setting(0, ge=0, le=128, title=_("Camera"), group=GROUP, hint=_("0: the event's own."))
    preset_number: int = setting(1, ge=1, le=255, title=_("Preset"), group=GROUP)


class Preset(Linkage[PresetOptions]):
    """Moves a dome."""

    name = "preset"
    order = 40
    title = _("PTZ")

    def lacking(self, occurrence: Occurrence, page: PresetOptions) -> str:
        """A camera."""
        return "" if page.preset_channel or occurrence.channel else _("No camera is chosen.")

    async def begin(self, occurrence: Occurrence, page: PresetOptions) -> str:
        """Go there."""
        channel = page.preset_channel or occurrence.channel
        await self.around.domes.act(channel, Action.PRESET_GOTO, page.preset_number, author=ITSELF)
        return ""
