"""The recorder's own firmware: what runs, a bundle from a stick or one that was checked, and when it is installed."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from gui.dialogs.message import Question
from gui.pages.followed import FollowedList
from gui.pages.tones import COLOURS
from gui.toolkit.label import Label, Progress
from gui.toolkit.list import Entry
from gui.toolkit.theme import SECOND, Type
from gui.wall.moments import moment, time_of_day
from hal.client.sizes import size
from recorder.client.answers import FoundBundle, UpdateStatus
from recorder.client.answers.update import Phase
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.widget import Widget

EVERY_S = 1.0


class UpdatePage(FollowedList[UpdateStatus]):
    """A sentence, how far it is, and what can be done now."""

    every_s = EVERY_S

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "update", _("Update"))
        self._runs = Label("", Type.BODY, SECOND, lines=2, name="runs")
        self._words = Label("", Type.TITLE, lines=4, name="summary")
        self._about = Label("", Type.BODY, SECOND, lines=2, name="about")
        """What the bundle says of itself: as much of it as leaves room for what we say."""
        self._facts = Label("", Type.BODY, SECOND, lines=6, name="facts")
        self._bar = Progress(None, name="progress")

    def ask(self) -> UpdateStatus:
        """All of it."""
        return self.rooms.api.update()

    def show(self, told: UpdateStatus) -> bool:
        """Say the sentences, fill the rows."""
        runs = _("Version {version} runs.").format(version=told.version)
        if told.development:
            runs += " " + _("It is a development build.")
        self._runs.say(runs)
        self._runs.visible = bool(told.version)
        self._words.say(told.problem or told.words, COLOURS[told.tone])
        self._about.say(told.bundle.description if told.bundle is not None else "")
        self._facts.say(told.stick_problem if told.bundle is None else self._told(told))
        for one in (self._about, self._facts):
            one.visible = bool(one.text)
        self._bar.visible = told.busy
        self._bar.set(told.percent / 100 if told.percent is not None else None)
        return super().show(told)

    def _told(self, told: UpdateStatus) -> str:
        """What the bundle costs, when it comes, and where it is from."""
        assert told.bundle is not None
        lines: list[str] = []
        signed = _("Signed: {signer}").format(signer=told.bundle.signer) if told.bundle.signer else ""
        if told.phase is Phase.CHECKED:
            gap = _("While the recorder starts anew, about {seconds} s will not be recorded.")
            lines.append(gap.format(seconds=told.gap_s))
        if told.at_us:
            when = moment(told.at_us, self.rooms.zone)
            lines.append(_("It will be installed at {time}.").format(time=when))
        return "\n".join([*lines, " · ".join(filter(None, (told.bundle.source, signed)))])

    def above(self) -> "list[Widget]":
        """The sentences."""
        return [self._runs, self._words, self._bar, self._about, self._facts]

    def content(self) -> "list[Widget] | None":
        """The sentences stand there without rows too."""
        return super().content() or self.above()

    def entries(self, told: UpdateStatus) -> Sequence[Entry]:
        """What can be done now."""
        if told.busy:
            give_up = Entry("cancel", _("Cancel"), icon="close")
            return [give_up] if told.phase is Phase.FOUND else []
        rows: list[Entry] = []
        if told.bundle is not None:
            rows.append(Entry("now", _("Install now"), detail=_("The recorder starts anew."), icon="check"))
            if told.tonight_us and not told.at_us:
                at = time_of_day(told.tonight_us, self.rooms.zone, seconds=False)
                rows.append(
                    Entry(
                        "tonight",
                        _("Install tonight at {time}").format(time=at),
                        detail=_("How it went is told in the morning."),
                        icon="moon",
                    )
                )
            rows.append(Entry("cancel", _("Do not install"), icon="close"))
        if not told.seen:
            rows.append(Entry("seen", _("I have seen it"), icon="check"))
        rows += [self._row(one) for one in told.found]
        if not told.found and told.bundle is None and not told.problem:
            detail = _("A file whose name ends in .raucb, in the top folder or in one below.")
            rows.append(Entry("none", _("Push in a USB stick with an update"), detail=detail, icon="usb"))
        return rows

    @staticmethod
    def _row(one: FoundBundle) -> Entry:
        detail = one.problem or _("USB stick {stick}, {size}").format(stick=one.stick, size=size(one.bytes))
        return Entry(one, one.name, detail=detail, icon="warning" if one.problem else "file")

    def choose(self, value: Any) -> None:
        """Do what a row says, after a question where it is needed."""
        told = self.told
        if told is None:
            return
        match value:
            case FoundBundle() if not value.problem:
                self.doing(partial(self.rooms.api.update_from_stick, value.id))()
            case "now" | "tonight" if told.bundle is not None:
                self._ask_when(told, value)
            case "cancel":
                self.doing(self.rooms.api.forget_update)()
            case "seen":
                self.doing(self.rooms.api.update_seen)()
            case _:
                pass

    def _ask_when(self, told: UpdateStatus, when: str) -> None:
        bundle = told.bundle
        assert bundle is not None
        title = _("Install version {version} now?") if when == "now" else _("Install version {version} tonight?")
        words = _(
            "About {seconds} s will not be recorded while the recorder starts anew. "
            "Then it is watched until all is as it was before; if it is not, the recorder goes back by itself."
        )
        install = self.doing(partial(self.rooms.api.install_update, bundle.digest, when, told.gap_s))
        do = _("Install now") if when == "now" else _("Install tonight")
        question = Question(title.format(version=bundle.version), words.format(seconds=told.gap_s), do, install)
        self.screen.navigator.push(question)
