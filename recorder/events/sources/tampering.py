"""Cameras that were covered, put out of focus, painted over or turned, as detect sees it (D-ALM-11, D-ALM-12)."""

from recorder.client.detection import Tampering
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.engine import Engine, Found
from recorder.events.rule import Rule
from recorder.events.source import Source
from recorder.settings.page import setting
from recorder.settings.scope import Scope

_WORDS = {
    Tampering.COVERED: _("{name} is covered: nearly nothing can be made out."),
    Tampering.OUT_OF_FOCUS: _("{name} is out of focus: no edge is sharp any more."),
    Tampering.ONE_COLOUR: _("{name} shows one colour only."),
}


class VideoTampering(Rule, scope=Scope.CHANNEL, order=220, title=_("Video tampering")):
    """Somebody took the sight of a camera."""

    covered: bool = setting(True, title=_("Covered"))
    out_of_focus: bool = setting(True, title=_("Out of focus"))
    one_colour: bool = setting(True, title=_("One colour"), hint=_("Painted over, or the sensor is dead."))


class SceneChange(Rule, scope=Scope.CHANNEL, order=225, title=_("Scene change")):
    """A camera looks elsewhere than before."""


class TamperingEvents(Source):
    """Listens to detect."""

    rule = VideoTampering

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        around.detect.listen(self.look)

    def look(self) -> None:
        """Tell what is so now."""
        found: dict[tuple[str, str], Found] = {}
        for channel, seen in (self.around.detect.seen or {}).items():
            what = seen.tampering
            if what is Tampering.NONE:
                continue
            if getattr(self.engine.rules.get(VideoTampering, str(channel)), what.value):
                words = _WORDS[what].format(name=_name(self.around, channel))
                found[str(channel), what.value] = Found(words, channel, {"what": what.value})
        self.engine.now(VideoTampering, found)


class SceneChanges(Source):
    """Listens to detect."""

    rule = SceneChange

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        self._known: dict[int, int] = {}
        """When each channel's scene was last seen to change."""
        around.detect.listen(self.look)

    def look(self) -> None:
        """Tell what changed since the last look."""
        for channel, seen in (self.around.detect.seen or {}).items():
            # What changed before we came was told by who was here then; a detect that begins anew knows of no change.
            known = self._known.setdefault(channel, seen.changed_us)
            if seen.changed_us and seen.changed_us != known:
                words = _("{name} looks elsewhere than before, or was moved.").format(name=_name(self.around, channel))
                self.engine.happened(SceneChange, str(channel), words=words, channel=channel, at_us=seen.changed_us)
                self._known[channel] = seen.changed_us


def _name(around: Around, channel: int) -> str:
    found = around.plan().channel(channel)
    return found.name if found else _("Camera {number}").format(number=channel)
