"""What is done with a moment or a cut of recorded time: locked, tagged, taken as a picture, exported."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gui.playback.export import ExportDialog
from gui.playback.footage import Footage, fetch_day
from gui.playback.lock_sheet import LockSheet, ReleaseSheet
from gui.playback.picture_sheet import PictureSheet, picture_list
from gui.playback.tag_sheet import TagSheet, tag_list
from gui.toolkit.notices import Tone
from gui.toolkit.screen import words_of
from recorder.client.answers import Picture, Tag
from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.stream import StreamName
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.playback.page import Playback

SAME_TAG_US = SECOND_US // 2
"""So near the cursor a tag is meant, not a new one."""


class Evidence:
    """Opens the sheets for it over the playback page."""

    def __init__(self, page: "Playback") -> None:
        self._page = page

    def act(self, name: str) -> bool:
        """Do what a button or key says; False where it is none of ours."""
        deeds = {
            "export": self.export,
            "lock": self.lock,
            "tag": self.tag,
            "tags": self.tags,
            "picture": self.picture,
            "pictures": self.pictures,
        }
        if (deed := deeds.get(name)) is not None:
            deed()
        return deed is not None

    def lock(self) -> None:
        """Lock the cut; without one, release what is locked under the cursor."""
        page = self._page
        start_us, end_us, at_us = page.cut.start_us, page.cut.end_us, page.player.at_us
        zone, reload = page.doors.zone, partial(page.load_day, quiet=True)
        if start_us is not None and end_us is not None:

            def ask(_found: Footage, there: dict[int, str]) -> None:
                page.screen.navigator.push(LockSheet(page.api, there, start_us, end_us, zone, reload))

            self._with_footage(start_us, end_us, ask)
            return
        held = page.footage.notes.holds_at(page.chosen, at_us) if at_us is not None else []
        if held:
            page.screen.navigator.push(ReleaseSheet(page.api, held, zone, reload))
        else:
            words = _("Mark where the lock begins and where it ends, or go to what is locked to release it.")
            page.screen.notices.say(words, Tone.WARNING)

    def tag(self) -> None:
        """Put a tag under the cursor, or change the one that is there."""
        page = self._page
        at_us = page.player.at_us
        if at_us is not None:
            page.do(page.player.transport.pause())
            reload = partial(page.load_day, quiet=True)
            there = next((one for one in page.footage.notes.tags if abs(one.start_us - at_us) < SAME_TAG_US), None)
            page.screen.navigator.push(TagSheet(page.api, page.chosen, at_us, page.doors.zone, reload, there))

    def tags(self) -> None:
        """List all tags of the channels, to jump to one."""
        page = self._page
        chosen = tuple(page.chosen)

        def have(found: Sequence[Tag]) -> None:
            if found:
                page.screen.navigator.push(tag_list(found, page.doors.zone, page.to_tag))
            else:
                page.screen.notices.say(_("There are no tags yet. The key T puts one under the cursor."))

        page.work(lambda: page.api.tags(chosen), have, page.failed)

    def picture(self) -> None:
        """Record the picture under the cursor of every channel, and save it in a folder of the owner's choice."""
        page = self._page
        at_us, zone = page.player.at_us, page.doors.zone
        if at_us is None:
            return
        page.do(page.player.transport.pause())
        chosen, names = tuple(page.chosen), dict(page.channels)

        def save(folder: Path) -> None:
            def take() -> tuple[list[Picture], list[str]]:
                taken: list[Picture] = []
                failed: list[str] = []
                for channel in chosen:
                    try:
                        taken.append(page.api.take_picture(channel, at_us, folder))
                    except NightjarError as error:
                        # The pictures of the others are wanted all the same.
                        failed.append(f"{names.get(channel, channel)}: {words_of(error)}")
                return taken, failed

            def said(told: tuple[list[Picture], list[str]]) -> None:
                taken, failed = told
                if taken:
                    paths = ", ".join(one.path for one in taken)
                    page.screen.notices.say(_("Saved as {path}").format(path=paths), Tone.GOOD)
                for words in failed:
                    page.screen.notices.say(words, Tone.WARNING)

            page.work(take, said, page.failed)

        page.screen.navigator.push(PictureSheet(at_us, zone, page.doors, save))

    def pictures(self) -> None:
        """List the recorded pictures of the day, to jump to one."""
        page = self._page
        window, chosen = page.timeline.window, tuple(page.chosen)

        def ask() -> list[int]:
            return sorted(
                {one.at_us for number in chosen for one in page.api.pictures(number, window.first_us, window.last_us)}
            )

        def have(found: Sequence[int]) -> None:
            if found:
                page.screen.navigator.push(picture_list(found, page.doors.zone, page.seek))
            else:
                page.screen.notices.say(_("No pictures are recorded on this day."))

        page.work(ask, have, page.failed)

    def export(self) -> None:
        """Take the cut away as files."""
        page = self._page
        start_us, end_us = page.cut.start_us, page.cut.end_us
        if start_us is None or end_us is None:
            words = _("Mark the beginning and the end first, with the two bracket buttons beside Export.")
            page.screen.notices.say(words, Tone.WARNING)
            return

        def ask(found: Footage, there: dict[int, str]) -> None:
            streams = {found.streams.get(number, StreamName.MAIN) for number in there}
            page.screen.navigator.push(
                ExportDialog(
                    page,
                    page.doors,
                    channels=there,
                    start_us=start_us,
                    end_us=end_us,
                    estimate=found.bytes_between(start_us, end_us),
                    # All of one export are of one stream: where both are played it is the better one.
                    stream=StreamName.MAIN if StreamName.MAIN in streams else StreamName.SUB,
                )
            )

        self._with_footage(start_us, end_us, ask)

    def _with_footage(self, start_us: int, end_us: int, then: Callable[[Footage, dict[int, str]], object]) -> None:
        """Tell what is recorded between the marks, with number and name of its channels; say so where nothing is.

        The marks may lie on other days than the one in sight.
        """
        page = self._page
        names, chosen = dict(page.channels), tuple(page.chosen)

        def have(found: Footage) -> None:
            there = {number: names[number] for number in found.channels_between(start_us, end_us)}
            if there:
                then(found, there)
            else:
                page.screen.notices.say(_("Nothing is recorded between the marks."), Tone.WARNING)

        if page.footage.start_us <= start_us and end_us <= page.footage.end_us:
            have(page.footage)
            return
        wished = {number: page.player.stream_of(number) for number in chosen}
        page.work(
            partial(fetch_day, page.api, chosen, start_us, end_us, wished),
            have,
            lambda error: page.screen.notices.say(words_of(error), Tone.WARNING),
        )
