"""Say something at the recorder when an event begins: one of the owner's voice files (D-LINK-12)."""

import logging

from recorder.client.answers import Event, JobState
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.control.voices import NoVoice, Rank
from recorder.events.linkage import Lacking, Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.settings.page import setting
from recorder.settings.pages.voice_file import VoiceFile

log = logging.getLogger(__name__)
GROUP = _("At the recorder")


class VoiceOptions(LinkageOptions):
    """Whether, what, and how often."""

    voice: bool = setting(False, title=_("Play a voice file"), group=GROUP)
    voice_file: str = setting(
        "",
        longest=32,
        title=_("Voice file"),
        widget="item-of:voice-file",
        group=GROUP,
        hint=_("From the page Voice files."),
    )
    voice_times: int = setting(1, ge=1, le=10, title=_("How often"), unit=_("times"), group=GROUP)


class Voice(Linkage[VoiceOptions]):
    """Played once as the event begins; a later event takes the loudspeaker over."""

    name = "voice"
    order = 52
    title = _("Voice file")

    async def run(self) -> None:
        """Wait for the button of its page."""
        async with self.around.bus.listen() as queue:
            while (told := await queue.get()) is not None:
                if (name := _tried(told)) is not None:
                    try:
                        await self.around.voices.speak(name, rank=Rank.TRIAL)
                    except NightjarError as error:
                        log.warning("%s was not played: %s", name, error)

    def lacking(self, occurrence: Occurrence, page: VoiceOptions) -> str:
        """A loudspeaker, and a file that has a sound (D-RULE-03)."""
        del occurrence
        if not page.voice_file:
            return _("No voice file is chosen.")
        return "" if self.around.voices.cards else _("This recorder has no loudspeaker.")

    async def begin(self, occurrence: Occurrence, page: VoiceOptions) -> str:
        """Play it."""
        del occurrence
        try:
            seconds = await self.around.voices.speak(page.voice_file, page.voice_times)
        except NoVoice as error:
            raise Lacking(words=str(error)) from error
        return _("{name}, {seconds:.0f} s").format(name=page.voice_file, seconds=seconds)


def _tried(told: Event) -> str | None:
    """Give the voice file whose button was pressed."""
    data = told.data
    wanted = {"page": VoiceFile.about.name, "action": "play", "state": JobState.DONE}
    if told.kind != "action" or any(data.get(name) != value for name, value in wanted.items()):
        return None
    result = data.get("result")
    item = result.get("item") if isinstance(result, dict) else None
    return item if isinstance(item, str) else None
