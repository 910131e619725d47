"""Making an array of disks: which, what for, what comes of it; each disk is named by its serial number, typed back."""

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.pages.prepare_disk import TypedBack
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.select import Option, Select
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, TEXT, Type
from gui.toolkit.widget import Widget
from recorder.client import disk_words
from recorder.client.answers import ArrayPlan, FreeDisk
from recorder.client.array_plan import FEWEST, plan
from recorder.client.errors import NightjarError
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

TITLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
LONGEST = 32
FOR = 190.0
"""Width of what a disk is for."""
USES: dict[str, str] = {"member": _("In the array"), "spare": _("Spare"), "": _("Not used")}


class OtherSerial(NightjarError):
    """What was typed is the serial number of another disk."""

    status = 409
    words = _("{typed} is not the serial number of the disk in bay {bay}. It stands on the label of the drive.")


class NewArray(Sheet):
    """Level, name, and what each free disk is for. It closes when the work has begun."""

    wide = 760.0

    def __init__(self, rooms: "Rooms", free: Sequence[FreeDisk]) -> None:
        super().__init__(_("Make an array"), _("Disks that stand for each other, and record as one."), name="new-array")
        self.rooms = rooms
        self.free = tuple(free)
        self.default_focus = "level"
        levels = [Option(level, words) for level, words in disk_words.LEVELS.items()]
        first = "raid1" if len(self.free) < FEWEST["raid5"] else "raid5"
        self.level = Select(levels, first, self._changed, name="level", grow=1)
        self.named = TextField("video", name="called", label=_("Name"), longest=LONGEST, on_change=self._changed)
        uses = [Option(use, words) for use, words in USES.items()]
        self.uses = {
            one.bay: Select(uses, "member", self._changed, name=f"use-{one.bay}", width=FOR) for one in self.free
        }
        self.gives = Label("", Type.BODY, TEXT, lines=3, name="gives")

    def content(self) -> list[Widget]:
        """Level and name, the disks, what comes of them."""
        self._changed()
        rows: list[Widget] = [
            Column([Label(_("How they stand for each other"), Type.SMALL, SECOND), self.level], gap=4),
            Column([Label(_("Name"), Type.SMALL, SECOND), self.named], gap=4),
        ]
        title = _("Bay {name}")
        for one in self.free:
            words = Column(
                [Label(title.format(name=one.bay), Type.STRONG), Label(one.words, Type.SMALL, SECOND)], gap=0, grow=1
            )
            rows.append(Row([words, self.uses[one.bay]], gap=12, align=Align.CENTER))
        return [*rows, self.gives]

    def buttons(self) -> list[Widget]:
        """Out, or on to the serial numbers."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("Go on"), self._go, name="go", look=Look.PRIMARY),
        ]

    def _used(self, use: str) -> list[FreeDisk]:
        return [one for one in self.free if self.uses[one.bay].value == use]

    def _plan(self) -> ArrayPlan:
        sizes = [[one.capacity_bytes for one in self._used(use)] for use in ("member", "spare")]
        return plan(self.level.value, *sizes)

    def _changed(self, _value: object = None) -> None:
        """Say what comes of it now, or why nothing does."""
        told = self._plan()
        words = told.refusal or f"{told.words} " + _("ALL THAT IS ON THESE DISKS IS LOST.")
        if not TITLE.fullmatch(self.named.written.strip()):
            words = _("The name has letters, digits, - and _ alone, and begins with a letter or a digit.")
        elif not told.refusal:
            self.gives.say(words, TEXT)
            return
        self.gives.say(words, DANGER)

    def _go(self) -> None:
        if self._plan().refusal or not TITLE.fullmatch(self.named.written.strip()):
            self.screen.focus_on("called" if not self._plan().refusal else "level")
            return
        self._ask([*self._used("member"), *self._used("spare")], {})

    def _ask(self, left: Sequence[FreeDisk], typed: dict[str, str]) -> None:
        """Have the serial number of one disk after the other typed back; the last answer begins the work."""
        disk, *rest = left
        count = len(typed) + 1
        sheet = TypedBack(
            self.rooms,
            _("Make the array {title}? Disk {count} of {all}").format(
                title=self.named.written.strip(), count=count, all=count + len(rest)
            ),
            _("ALL THAT IS ON THIS DISK IS LOST."),
            _("Bay {name}: {words}, serial number {serial}").format(
                name=disk.bay, words=disk.words, serial=disk.serial
            ),
            _("Type its serial number, so that no other disk is meant:"),
            _("Next disk") if rest else _("Erase and make the array"),
            partial(self._typed, disk, rest, typed),
        )

        def on(done: object) -> None:
            if done and rest:
                self._ask(rest, typed)
            elif done:
                self.close(True)

        self.screen.navigator.push(sheet, then=on)

    def _typed(self, disk: FreeDisk, rest: Sequence[FreeDisk], typed: dict[str, str], words: str) -> None:
        """Take what was typed of a disk; raises `OtherSerial`, and what the recorder refuses. Runs on a worker."""
        if words.casefold() != disk.serial.casefold():
            raise OtherSerial(typed=words, bay=disk.bay)
        typed[disk.bay] = disk.serial
        if not rest:
            of = {use: {one.bay: typed[one.bay] for one in self._used(use)} for use in ("member", "spare")}
            self.rooms.api.create_array(self.named.written.strip(), self.level.value, of["member"], of["spare"])
