"""What stands beside the picture while motion is searched: the days, the region, the moments, next and previous."""

from collections.abc import Callable
from datetime import tzinfo

from gui.playback.lane import Kind
from gui.playback.legend import Legend
from gui.playback.moment_list import MomentList
from gui.playback.moments_found import Span
from gui.playback.thumbnails import Thumbnails
from gui.toolkit import theme as t
from gui.toolkit.button import Button, IconButton, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Row
from gui.toolkit.select import Option, Select
from gui.toolkit.theme import Type
from gui.toolkit.toggle import Toggle
from recorder.client.words import _

DAYS = (1, 3, 7, 31)
MOVED = Kind(_("Moved"), t.INFO)
UNKNOWN = Kind(_("Not analysed"), t.LINE)
HELP = _("Paint over the picture to search in a part of it: drag, or OK, arrows, OK.")


class MotionPanel(Column):
    """Only shows; what is done with it is the business of `MotionSearch`."""

    def __init__(
        self, thumbnails: Thumbnails, zone: tzinfo, act: Callable[[str], object], choose: Callable[[Span], object]
    ) -> None:
        """`act` is told names: back, ask, everywhere, previous, next."""
        options = [Option(one, _("This day") if one == 1 else _("{count} days").format(count=one)) for one in DAYS]
        self.period = Select(options, DAYS[0], lambda _value: act("ask"), name="motion-days", steps=False)
        self.region = Label("", Type.SMALL, t.TEXT, name="motion-region", grow=1)
        self.everywhere = Button(
            _("Everywhere"), lambda: act("everywhere"), name="motion-everywhere", look=Look.QUIET, height=34
        )
        self.only = Toggle(True, name="motion-only")
        self.state = Label("", Type.SMALL, t.SECOND, lines=3, name="motion-state")
        self.moments = MomentList(thumbnails, zone, choose)
        self.legend = Legend()
        super().__init__(
            [
                Row(
                    [
                        IconButton("back", _("Back"), lambda: act("back"), name="motion-back"),
                        Label(_("Motion"), Type.TITLE, grow=1),
                        IconButton("previous", _("Moment before"), lambda: act("previous"), name="motion-previous"),
                        IconButton("next", _("Next moment"), lambda: act("next"), name="motion-next"),
                    ],
                    gap=2,
                ),
                Label(HELP, Type.CAPTION, t.SECOND, lines=3),
                Row([self.region, self.everywhere], gap=6),
                self.period,
                Row([Label(_("Play only these moments"), Type.SMALL, t.TEXT, grow=1), self.only], gap=6),
                self.state,
                self.moments,
                self.legend,
            ],
            gap=8,
            pad=12,
            name="motion-panel",
            grow=1,
            ground=t.SURFACE,
        )

    def explain(self, *, unknown: bool) -> None:
        """Explain the colours of the timeline."""
        self.legend.explain([MOVED, UNKNOWN] if unknown else [MOVED])
