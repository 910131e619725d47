"""The export dialog: what is taken, where to, how far it is, and where it lies in the end."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import tzinfo
from typing import TYPE_CHECKING

from gui.playback.export_watch import ExportWatch, begin_watched
from gui.playback.target import Target
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Icon, Label, Progress
from gui.toolkit.layout import Align, Column, Row, Spacer
from gui.toolkit.page import Page
from gui.toolkit.screen import words_of
from gui.toolkit.theme import DANGER, GOOD, SECOND, TEXT, Type
from gui.toolkit.widget import Widget
from gui.wall.doors import Doors
from gui.wall.moments import day, length, local, time_of_day
from recorder.client.answers import ExportJob, JobState
from recorder.client.stream import StreamName
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.playback.page import Playback

WIDTH = 540.0
MOST_FILES = 8
"""So many files are named; a long export with many holes can have hundreds."""


class ExportDialog(Page):
    """Asks, shows progress, tells the result. Hidden while it runs, the export goes on."""

    covers = False
    title = _("Export")

    def __init__(
        self,
        owner: "Playback",
        doors: Doors,
        *,
        channels: Mapping[int, str],
        start_us: int,
        end_us: int,
        estimate: int,
        stream: StreamName = StreamName.MAIN,
    ) -> None:
        """`estimate` is in bytes; `owner` keeps watching the job when the dialog is hidden."""
        super().__init__(name="export-dialog")
        self.owner = owner
        self.doors = doors
        self.channels = dict(channels)
        self.start_us, self.end_us = start_us, end_us
        self.estimate = estimate
        self.stream = stream
        self.target = Target(self, doors, self._place_changed)
        self.watch: ExportWatch | None = None
        self.problem = ""
        self._starting = False
        self._stick = ""
        """The stick that it goes to."""

    # What it shows.

    def build(self) -> None:
        """Build what fits the state: asking, running, over."""
        job = self.watch.job if self.watch is not None else None
        if job is None:
            rows = self._asking()
        elif job.state.over:
            rows = self._over(job)
        else:
            rows = self._running(job)
        self.add(Column([Label(self.title, Type.HEADLINE), Spacer(2), *rows], gap=10, pad=24, width=WIDTH))

    def _what(self) -> list[Label]:
        zone = self.doors.zone
        return [
            Label(", ".join(self.channels.values()), Type.STRONG, lines=2, name="channels"),
            Label(span_words(self.start_us, self.end_us, zone), Type.BODY, TEXT, lines=2, name="span"),
            *([Label(_("The sub stream"), Type.BODY, SECOND, name="stream")] if self.stream is StreamName.SUB else []),
        ]

    def _asking(self) -> list[Widget]:
        count = len(self.channels)
        files = _("one MP4 file") if count == 1 else _("{count} MP4 files").format(count=count)
        size = _("About {size}, {files}").format(size=size_words(self.estimate), files=files)
        begin = Button(_("Export"), self.begin, name="begin", look=Look.PRIMARY, icon="export", width=150)
        leave = Button(_("Cancel"), self.close, name="cancel")
        if self._starting:
            begin.enabled = False
            leave = Button(_("Go on in the background"), self.close, name="hide")
        rows: list[Widget] = [
            *self._what(),
            Label(size, Type.BODY, SECOND, name="size"),
            Spacer(4),
            *self.target.rows(),
        ]
        room = self.target.free_bytes
        if room is not None and room < self.estimate:
            rows.append(Label(_("That is more than fits there."), Type.BODY, DANGER, name="too-much"))
        if self.problem:
            rows.append(Label(self.problem, Type.BODY, DANGER, lines=4, name="problem"))
        rows += [Spacer(6), Row([leave, begin], gap=10, along=Align.END)]
        self.default_focus = "hide" if self._starting else "begin"
        return rows

    def _running(self, job: ExportJob) -> list[Widget]:
        self.progress = Progress(None, name="progress")
        self.told = Label("", Type.BODY, SECOND, name="told", grow=1)
        self._show_progress(job)
        self.default_focus = "hide"
        return [
            *self._what(),
            Spacer(6),
            Column([self.progress]),
            Row([self.told]),
            Spacer(6),
            Row(
                [
                    Button(_("Stop the export"), self.stop, name="stop", look=Look.DANGER),
                    Button(_("Go on in the background"), self.close, name="hide"),
                ],
                gap=10,
                along=Align.END,
            ),
        ]

    def _over(self, job: ExportJob) -> list[Widget]:
        self.default_focus = "close"
        buttons = [Button(_("Close"), self.close, name="close", look=Look.PRIMARY, width=130)]
        match job.state:
            case JobState.DONE:
                icon, colour, words = "check", GOOD, self._saved(job)
            case JobState.CANCELLED:
                icon, colour, words = "info", SECOND, _("The export was stopped.")
            case _:
                icon, colour, words = "warning", DANGER, job.words or _("The export failed.")
        if job.state is not JobState.DONE:
            words = f"{words} {_kept(job)}"
            buttons.insert(0, Button(_("Try again"), self.again, name="again"))
        head = Row([Icon(icon, 24, colour), Label(words, Type.BODY, lines=4, name="result", grow=1)], gap=12)
        files = [Label(name, Type.SMALL, SECOND, name=f"file-{at}") for at, name in enumerate(job.files[:MOST_FILES])]
        if len(job.files) > MOST_FILES:
            more = _("and {count} more").format(count=len(job.files) - MOST_FILES)
            files.append(Label(more, Type.SMALL, SECOND, name="more-files"))
        done = job.state is JobState.DONE
        size = [Label(size_words(job.bytes), Type.SMALL, SECOND, name="size")] if done and job.bytes else []
        left_out: list[Widget] = []
        if done and job.words:
            words = Label(job.words, Type.BODY, lines=8, name="left-out", grow=1)
            left_out = [Spacer(2), Row([Icon("info", 24, SECOND), words], gap=12)]
        return [head, *files, *size, *left_out, Spacer(6), Row(buttons, gap=10, along=Align.END)]

    def _saved(self, job: ExportJob) -> str:
        if not self._stick:
            return _("Saved in {folder}").format(folder=job.directory)
        words = _("Saved on the USB stick {label}.").format(label=self._stick)
        if self.target.writing:
            return words + " " + _("Do not pull it out yet.")
        return words + " " + _("It can be pulled out.") if self.target.label else words

    def _show_progress(self, job: ExportJob) -> None:
        share = job.done_us / job.total_us if job.total_us > 0 else None
        self.progress.set(share)
        parts = [_("{percent} %").format(percent=int(share * 100))] if share is not None else [_("Starting…")]
        if job.bytes:
            parts.append(size_words(job.bytes))
        self.told.say("  ·  ".join(parts))

    # What it does.

    def opened(self) -> None:
        """Look for sticks."""
        self.target.follow()

    def _place_changed(self) -> None:
        if self.watch is None:
            self.problem = ""
            self.rebuild()
        elif self.watch.job.state.over:
            self.rebuild()

    def begin(self) -> None:
        """Begin the export."""
        self._stick = self.target.label
        folder, usual, api = self.target.folder, self.target.usual, self.owner.api
        chosen, start_us, end_us, stream = sorted(self.channels), self.start_us, self.end_us, self.stream

        def ask() -> ExportJob:
            if usual:
                # Made when it is first needed; where that fails, the recorder says why.
                with suppress(OSError):
                    folder.mkdir(parents=True, exist_ok=True)
            return api.export(chosen, start_us, end_us, stream=stream, directory=folder)

        self._starting = True
        self.problem = ""
        self.rebuild()
        self.screen.focus_on("hide")
        begin_watched(api, self.screen, ask, self._began, self._refused)

    def _began(self, watch: ExportWatch) -> None:
        self._starting = False
        self.watch = watch
        if self.attached:
            watch.on_change = self._changed
            self.rebuild()

    def _refused(self, error: Exception) -> bool:
        self._starting = False
        if self.attached:
            self.problem = words_of(error)
            self.rebuild()
            self.screen.focus_on("begin")
        return self.attached

    def _changed(self, job: ExportJob) -> None:
        if job.state.over:
            self.rebuild()
        else:
            self._show_progress(job)

    def stop(self) -> None:
        """Call the export off."""
        if self.watch is not None:
            self.watch.cancel()

    def again(self) -> None:
        """Ask once more."""
        self.watch = None
        self.rebuild()

    def closed(self) -> None:
        """Hidden: the page goes on watching, and tells the end as a notice."""
        if self.watch is not None:
            self.watch.on_change = None


def _kept(job: ExportJob) -> str:
    """Say what an export left that did not come to its end."""
    match len(job.files):
        case 0:
            return _("Nothing was kept.")
        case 1:
            return _("One file was finished and lies in {folder}.").format(folder=job.directory)
        case count:
            return _("{count} files were finished and lie in {folder}.").format(count=count, folder=job.directory)


def span_words(start_us: int, end_us: int, zone: tzinfo) -> str:
    """Give "2026-11-21, 14:02:05 to 14:05:10 (3 min 05 s)"."""
    begin = f"{day(start_us, zone)}, {time_of_day(start_us, zone)}"
    same = local(start_us, zone).date() == local(end_us, zone).date()
    end = time_of_day(end_us, zone) if same else f"{day(end_us, zone)}, {time_of_day(end_us, zone)}"
    return _("{begin} to {end} ({length})").format(begin=begin, end=end, length=length(end_us - start_us))


def size_words(count: int) -> str:
    """Give a size as "12 MB" or "1.4 GB"."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.1f} GB"
    return f"{max(1, round(count / 1e6))} MB"
