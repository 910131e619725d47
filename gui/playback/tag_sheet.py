"""Naming a moment, renaming and removing a tag, and the list of tags to jump to."""

from collections.abc import Callable, Sequence
from datetime import tzinfo

from gui.dialogs.chooser import ChooseOne
from gui.dialogs.once_each import OnceEach
from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.screen import words_of
from gui.toolkit.select import Option
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, Type
from gui.toolkit.widget import Widget
from gui.wall.moments import day, time_of_day
from recorder.client.answers import Tag
from recorder.client.api import ApiClient
from recorder.client.words import _

LONGEST_WORDS = 256


class TagSheet(Sheet):
    """Words for a moment of some channels, or other words for a tag that is there."""

    def __init__(
        self,
        api: ApiClient,
        channels: Sequence[int],
        at_us: int,
        zone: tzinfo,
        done: Callable[[], object],
        tag: Tag | None = None,
    ) -> None:
        title = _("Tag this moment") if tag is None else _("Change the tag")
        super().__init__(title, f"{day(at_us, zone)} {time_of_day(at_us, zone)}", name="tag-sheet")
        self.api, self.channels, self.at_us, self.done, self.tag = api, list(channels), at_us, done, tag
        self.problem = ""
        self.tagging = OnceEach(self.channels)
        self.field = TextField(
            tag.words if tag else "", name="words", placeholder=_("What is to be seen"), longest=LONGEST_WORDS
        )
        self.default_focus = "words"

    def content(self) -> list[Widget]:
        """The words."""
        rows: list[Widget] = [self.field]
        if self.problem:
            rows.append(Label(self.problem, Type.BODY, DANGER, lines=4, name="problem"))
        return rows

    def buttons(self) -> list[Widget]:
        """Remove, out, save."""
        gone = [Button(_("Remove"), self.remove_tag, name="remove", look=Look.DANGER)] if self.tag is not None else []
        save = Button(_("Save"), self.save, name="do", look=Look.PRIMARY)
        return [*gone, Button(_("Cancel"), self.close, name="cancel"), save]

    def save(self) -> None:
        """Keep it."""
        words, tag = (self.field.value or "").strip(), self.tag
        if not words:
            self._refused(_("Write down what is to be seen."))
            return

        def work() -> None:
            if tag is not None:
                self.api.rename_tag(tag.id, words)
                return
            self.tagging.run(lambda channel: self.api.add_tag(channel, self.at_us, words))

        self._do(work)

    def remove_tag(self) -> None:
        """Remove it; the footage stays as it is."""
        tag = self.tag
        if tag is not None:
            self._do(lambda: self.api.remove_tag(tag.id))

    def _do(self, work: Callable[[], None]) -> None:
        if self.tagging.busy:
            return
        self.tagging.busy = True
        self.work(work, lambda _none: self._kept(), lambda error: self._refused(words_of(error)))

    def _kept(self) -> None:
        self.close(True)
        self.done()

    def _refused(self, words: str) -> None:
        self.tagging.busy, self.problem = False, words
        self.rebuild()


def tag_list(tags: Sequence[Tag], zone: tzinfo, chosen: Callable[[Tag], object]) -> ChooseOne:
    """Make the list of tags to jump to, newest first; typing filters it."""
    options = [
        Option(one, f"{day(one.start_us, zone)} {time_of_day(one.start_us, zone)}  {one.words}", "tag")
        for one in sorted(tags, key=lambda one: -one.start_us)
    ]
    return ChooseOne(_("Tags"), options, None, chosen)
