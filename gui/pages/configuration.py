"""The configuration as a whole: on disks, out to a stick, in from one, factory reset (D-MNT-11, D-MNT-12, P-ADM-11)."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from gui.dialogs.export_configuration import ExportConfiguration
from gui.dialogs.reset import GOES, TITLES, ResetSheet
from gui.dialogs.take_configuration import LookAtConfiguration
from gui.pages.followed import FollowedList
from gui.toolkit.label import Label
from gui.toolkit.list import Entry
from gui.toolkit.theme import GOOD, SECOND, WARNING, Type
from gui.wall.moments import moment
from recorder.client.answers import FoundBundle, StickStatus
from recorder.client.answers.configuration import ConfigurationFile, ConfigurationStatus, Extent
from recorder.client.words import _, counted

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.widget import Widget


class ConfigurationPage(FollowedList[ConfigurationStatus]):
    """How the backups stand, and what can be done."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "configuration", _("Backup and reset"))
        self._kept = Label("", Type.TITLE, lines=2, name="kept")
        self._problem = Label("", Type.BODY, WARNING, lines=3, name="disk-problem")

    def ask(self) -> ConfigurationStatus:
        """All of it."""
        return self.rooms.api.configuration()

    def show(self, told: ConfigurationStatus) -> bool:
        """Say the sentences, fill the rows."""
        kept = [one for one in told.backups if one.at_us and not one.problem]
        if kept:
            disks = counted("{count} recording disk", "{count} recording disks", len(kept))
            when = moment(min(one.at_us for one in kept), self.rooms.zone)
            self._kept.say(_("The settings are kept on {disks}, as of {time}.").format(disks=disks, time=when), GOOD)
        else:
            self._kept.say(_("The settings are on no recording disk yet. They are kept there every hour."), SECOND)
        wrong = [f"{one.disk}: {one.problem}" for one in told.backups if one.problem]
        wrong += [told.stick_problem, told.left_out]
        self._problem.say("\n".join(filter(None, wrong)))
        self._problem.visible = any(wrong)
        return super().show(told)

    def above(self) -> "list[Widget]":
        """The sentences."""
        return [self._kept, self._problem]

    def entries(self, told: ConfigurationStatus) -> Sequence[Entry]:
        """Out, in, and back to the beginning."""
        latest = self.rooms.feed.latest
        sticks = latest.sticks if latest is not None else ()
        out = _("All that is set, sealed with a password")
        rows = [Entry(one, _("Export to {stick}").format(stick=one.label), detail=out, icon="usb") for one in sticks]
        rows += [self._row(one) for one in told.found]
        if not rows:
            detail = _("To export all that is set, or to take it in from a file whose name ends in .njsc")
            rows.append(Entry("none", _("Push in a USB stick"), detail=detail, icon="usb"))
        rows += [Entry(one, TITLES[one], detail=GOES[one].partition(";")[0], icon="refresh") for one in Extent]
        return rows

    @staticmethod
    def _row(one: FoundBundle) -> Entry:
        detail = one.problem or _("USB stick {stick}").format(stick=one.stick)
        title = _("Import {name}").format(name=one.name)
        return Entry(one, title, detail=detail, icon="warning" if one.problem else "file")

    def choose(self, value: Any) -> None:
        """Open what a row is about."""
        push = self.screen.navigator.push
        match value:
            case Extent():
                push(ResetSheet(self.rooms.session, value))
            case StickStatus():
                push(ExportConfiguration(self.rooms.session, value))
            case FoundBundle() if not value.problem:
                self.work(partial(self.rooms.api.hold_configuration_of_stick, value.id), self._held)
            case _:
                pass

    def _held(self, held: ConfigurationFile) -> None:
        self.screen.navigator.push(LookAtConfiguration(self.rooms.session, held, self.rooms.zone))
