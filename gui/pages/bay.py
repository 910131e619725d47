"""A bay: the disk in it fact by fact, and what is done with it (D-STO-02, D-STO-07, D-HW-14)."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gui.dialogs.chooser import ChooseOne
from gui.dialogs.message import Question
from gui.pages.followed import Followed
from gui.pages.prepare_disk import TypedBack, prepare_disk, remove_from_array, replace_in_array
from gui.pages.tones import COLOURS
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Divider, Icon, Label, Progress
from gui.toolkit.layout import Align, Card, Column, Row
from gui.toolkit.notices import Tone
from gui.toolkit.scroll import Scroll
from gui.toolkit.select import Option
from gui.toolkit.theme import Colour, Type
from gui.toolkit.widget import Widget
from gui.wall.moments import day
from recorder.client import disk_words
from recorder.client.answers import ArrayStatus, BayJob, BayStatus, JobState, Status, StorageRow
from recorder.client.status import DiskState, DiskStatus
from recorder.client.storage_rows import rows
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

EVERY_S = 1.0
SIDE = 320.0
NAMES = 150.0
"""Width of the names of facts."""
TAKES = frozenset((DiskState.WRITABLE, DiskState.FULL, DiskState.SLOW))


class BayPage(Followed[Status]):
    """Facts at the left, what can be done at the right; a job is watched and can be given up."""

    every_s = EVERY_S
    default_focus = "back"

    def __init__(self, rooms: "Rooms", bay: str) -> None:
        super().__init__(rooms, f"bay-{bay}", _("Bay {name}").format(name=bay))
        self.bay = bay
        self._shape: tuple[object, ...] = ()
        self._watched = False
        self._facts: list[Label] = []
        self._head = Label("", Type.TITLE, t.TEXT, lines=2, name="state")
        self._icon = Icon("disk", 28)
        self._bar = Progress(0.0, name="progress")
        self._doing = Label("", Type.BODY, t.SECOND, lines=2, name="doing")

    def ask(self) -> Status:
        """All of it is in the status."""
        return self.rooms.api.status()

    def trouble(self, told: Status) -> str:
        """The bay may be gone with its board."""
        if not any(one.name == self.bay for one in told.bays):
            return _("The hardware service does not tell of this bay now.")
        return ""

    @property
    def status(self) -> BayStatus | None:
        """The bay as it is."""
        return next((one for one in self.told.bays if one.name == self.bay), None) if self.told is not None else None

    @property
    def recording(self) -> DiskStatus | None:
        """The recording disk that it holds."""
        bay = self.status
        if bay is None or self.told is None or self.told.media is None:
            return None
        return disk_words.recording_in(bay, self.told.media.disks)

    def first(self) -> str:
        """What is harmless."""
        return next((button.name for button in self._buttons() if button.look is not Look.DANGER), "back")

    # What it shows.

    def show(self, told: Status) -> bool:
        """Say what changed; the tree is another one where there are other facts or buttons."""
        bay = next((one for one in told.bays if one.name == self.bay), None)
        facts = self._told()
        shape = (
            bay is None,
            tuple(name for name, _words, _colour in facts),
            tuple((button.name, button.label) for button in self._buttons()),
        )
        anew, self._shape = shape != self._shape, shape
        if not anew:
            for label, (_name, words, colour) in zip(self._facts, facts, strict=True):
                label.say(words, colour)
            self._say()
        self._tell_end(bay.job if bay is not None else None)
        return anew

    def _told(self) -> list[tuple[str, str, Colour]]:
        bay = self.status
        return self._facts_of(bay) if bay is not None and bay.occupied else []

    def _facts_of(self, bay: BayStatus) -> list[tuple[str, str, Colour]]:
        facts = disk_words.bay_facts(bay, self.recording, lambda at_us: day(at_us, self.rooms.zone))
        return [(name, words, COLOURS[tone]) for name, words, tone in facts]

    def _say(self) -> None:
        bay = self.status
        if bay is None:
            return
        words, tone = disk_words.bay_state(bay, self.recording)
        colour = COLOURS[tone]
        self._head.say(disk_words.sentence(words), t.TEXT if colour in {t.GOOD, t.SECOND} else colour)
        self._icon.show("warning" if colour == t.DANGER else "disk", colour)
        job = bay.job
        if job is not None:
            self._doing.say(job.words, t.DANGER if job.state is JobState.FAILED else t.SECOND)
            self._bar.set(job.percent / 100)

    def _tell_end(self, job: BayJob | None) -> None:
        """Say once how a job ended that was watched here."""
        under_way = job is not None and not job.state.over
        if self._watched and job is not None and job.state.over:
            self.screen.notices.say(job.words, Tone.GOOD if job.state is JobState.DONE else Tone.WARNING)
        self._watched = under_way

    def content(self) -> list[Widget] | None:
        """Facts and buttons."""
        bay = self.status
        if bay is None:
            return None
        self._facts = []
        rows: list[Widget] = [Row([self._icon, self._head], gap=14, align=Align.CENTER)]
        if bay.job is not None and (not bay.job.state.over or bay.job.state is JobState.FAILED):
            rows += [self._doing] if bay.job.state.over else [self._doing, self._bar]
        if not bay.occupied:
            words = _("Push a disk in. Nothing on it is changed until you say so.")
            rows.append(Label(words, Type.BODY, t.SECOND, lines=3, name="empty"))
        for name, words, colour in self._told():
            fact = Label(words, Type.BODY, colour, lines=3, grow=1, name=f"fact-{len(self._facts)}")
            self._facts.append(fact)
            named = Label(name, Type.BODY, t.SECOND, width=NAMES)
            rows += [Divider(), Row([named, fact], gap=16, align=Align.START)]
        self._say()
        card = Card([Scroll(Column(rows, gap=10, pad=(14, 8)), grow=1)], pad=8, grow=1)
        side = Column([*self._buttons()], gap=10, width=SIDE, name="actions", remembers=True)
        return [Row([card, side], gap=20, align=Align.STRETCH, grow=1)]

    # What is done.

    def _buttons(self) -> Sequence[Button]:
        bay = self.status
        if bay is None:
            return []
        if bay.job is not None and not bay.job.state.over:
            return [self._button("cancel-job", "close", _("Cancel"), self._cancel)]
        api, name = self.rooms.api, self.bay
        found: list[Button] = []
        if bay.light:
            words = _("Stop the bay's light") if bay.located else _("Blink the bay's light")
            light = self.doing(lambda: api.locate_bay(name, on=not bay.located))
            found.append(self._button("locate", "eye_off" if bay.located else "eye", words, light))
        if not bay.occupied:
            scan = self.doing(lambda: api.scan_bay(name))
            return [*found, self._button("scan", "search", _("Look for a disk"), scan)]
        check = self.doing(lambda: api.check_disk(name), _("The drive was asked."))
        found.append(self._button("check", "refresh", _("Ask the drive now"), check))
        if bay.self_test == "running":
            stop = self.doing(lambda: api.stop_disk_test(name))
            found.append(self._button("stop-test", "stop", _("Stop the self-test"), stop))
        else:
            said = _("The drive tests itself; recording goes on.")
            short = self.doing(lambda: api.test_disk(name), said)
            whole = self.doing(lambda: api.test_disk(name, extended=True), said)
            found.append(self._button("test", "check", _("Self-test, 2 minutes"), short))
            found.append(self._button("test-whole", "check", _("Self-test, all of it"), whole))
        return [*found, *self._ends(bay)]

    def _ends(self, bay: BayStatus) -> list[Button]:
        """Give what takes the disk into use or out of it."""
        found: list[Button] = []
        recording = self.recording
        if recording is not None and recording.id:
            item = recording.id
            settings = self._button(
                "settings", "settings", _("Pool and use"), lambda: self.rooms.settings(page="disk", item=item)
            )
            found.append(settings)
        if bay.array and not bay.system:
            return [*found, *self._in_array(bay)]
        if bay.system:
            return found
        found.append(self._button("release", "export", _("Remove safely"), self._release))
        if recording is None:
            prepare = self._button("prepare", "warning", _("Prepare for recording"), self._prepare)
            prepare.look = Look.DANGER
            found.append(prepare)
        return found

    def _in_array(self, bay: BayStatus) -> list[Button]:
        """Give what takes a disk out of its array: it is copied first, or is not needed there."""
        assert self.told is not None
        all_rows = rows(self.told, lambda at_us: day(at_us, self.rooms.zone))
        row = next((one for one in all_rows if bay.name in (*one.active, *one.idle)), None)
        array = next((one for one in self.told.arrays if row is not None and one.name == row.item), None)
        if row is None or array is None:
            return []
        if bay.name in row.idle:
            out = lambda: self._ask_typed(remove_from_array(self.rooms, array, bay))  # noqa: E731
            return [self._button("take-out", "export", _("Take it out of the array"), out)]
        if "replace" not in row.deeds:
            return []
        return [self._button("replace", "refresh", _("Replace it by another disk"), lambda: self._replace(array, row))]

    def _replace(self, array: ArrayStatus, row: StorageRow) -> None:
        """Let the disk be chosen that takes its place."""
        free = [one for one in self.told.bays if one.name in row.free] if self.told is not None else []
        title = _("Bay {name}: {model}")
        options = [Option(one.name, title.format(name=one.name, model=one.model)) for one in free]

        def ask(name: str) -> None:
            new = next(one for one in free if one.name == name)
            self._ask_typed(replace_in_array(self.rooms, array, self.bay, new))

        self.screen.navigator.push(ChooseOne(_("Which disk takes its place?"), options, None, ask))

    def _ask_typed(self, sheet: TypedBack) -> None:
        self.screen.navigator.push(sheet, then=lambda _done: self.look())

    @staticmethod
    def _button(name: str, icon: str, words: str, do: Callable[[], object]) -> Button:
        return Button(words, do, name=name, icon=icon, align=Align.START, height=48)

    def _cancel(self) -> None:
        self.work(lambda: self.rooms.api.cancel_bay_job(self.bay), lambda _bay: self.look())

    def _release(self) -> None:
        media = self.told.media if self.told is not None else None
        mine = self.recording
        others = [one for one in media.disks if one.state in TAKES and one is not mine] if media is not None else []
        words = _("Its files are closed, then it can be pulled. Pushed in again, it is used as before.")
        if mine is not None and mine.state in TAKES and not others:
            words = _("NOTHING IS RECORDED from then on: it is the only disk that takes recordings.") + " " + words
        elif mine is not None:
            words = _("Recording goes on with the other disks.") + " " + words
        release = self.doing(lambda: self.rooms.api.release_disk(self.bay))
        title = _("Remove the disk in bay {name}?").format(name=self.bay)
        self.screen.navigator.push(Question(title, words, _("Remove"), release, danger=True))

    def _prepare(self) -> None:
        bay = self.status
        if bay is not None:
            self.screen.navigator.push(prepare_disk(self.rooms, bay), then=lambda _done: self.look())
