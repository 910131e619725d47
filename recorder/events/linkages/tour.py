"""Show the cameras of an event on the local screen while it lasts (D-LINK-08, D-RULE-09)."""

from typing import Annotated

from pydantic import Field

from recorder.client.happened import ScreenTour
from recorder.client.words import _
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence, chosen
from recorder.settings.page import setting

GROUP = _("At the recorder")


class TourOptions(LinkageOptions):
    """Which cameras."""

    tour: bool = setting(False, title=_("Show cameras on the screen"), group=GROUP)
    tour_channels: tuple[Annotated[int, Field(ge=1, le=128)], ...] = setting(
        (),
        longest=128,
        title=_("Cameras on the screen"),
        widget="channels",
        group=GROUP,
        nothing=_("The event's own"),
    )


class Tour(Linkage[TourOptions]):
    """The screen looks at what is toured, and shows those of all events that go on."""

    name = "tour"
    title = _("Screen tour")
    order = 46
    lasts = True

    def lacking(self, occurrence: Occurrence, page: TourOptions) -> str:
        """A camera."""
        return "" if chosen(page.tour_channels, occurrence) else _("No camera is chosen.")

    async def begin(self, occurrence: Occurrence, page: TourOptions) -> str:
        """Show them."""
        key, channels = occurrence.key, chosen(page.tour_channels, occurrence)
        self.around.toured.add(ScreenTour(occurrence.id, channels, key.source, key.item, occurrence.channel))
        return ""

    async def end(self, occurrence: Occurrence, page: TourOptions) -> None:
        """Show them no longer."""
        del page
        self.around.toured.remove(occurrence.id)
