"""Take a picture when an event begins (D-LINK-09)."""

from typing import Annotated

from pydantic import Field

from recorder.client.words import _
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence, chosen
from recorder.settings.page import setting

GROUP = _("Pictures")


class SnapshotOptions(LinkageOptions):
    """Of which channels."""

    snapshot: bool = setting(False, title=_("Take a picture"), group=GROUP)
    snapshot_channels: tuple[Annotated[int, Field(ge=1, le=128)], ...] = setting(
        (), longest=128, title=_("Cameras"), widget="channels", group=GROUP, nothing=_("The event's own")
    )


class Snapshot(Linkage[SnapshotOptions]):
    """Pictures are recorded like all others; the event remembers the first."""

    name = "snapshot"
    order = 15
    title = _("Pictures")

    def lacking(self, occurrence: Occurrence, page: SnapshotOptions) -> str:
        """A camera."""
        return "" if chosen(page.snapshot_channels, occurrence) else _("No camera is chosen.")

    async def begin(self, occurrence: Occurrence, page: SnapshotOptions) -> str:
        """Take one of each; the event's own camera first."""
        channels = sorted(chosen(page.snapshot_channels, occurrence), key=lambda one: one != occurrence.channel)
        for channel in channels:
            picture, _jpeg = await self.around.pictures.take(channel)
            self.engine.pictured(occurrence, picture.at_us)
        return ""
