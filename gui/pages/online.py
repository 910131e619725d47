"""Who is logged in, and who is kept out: logged out, kept out for a time, let in again (D-MNT-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gui.dialogs.menu import Item
from gui.dialogs.message import Question
from gui.pages.followed import FollowedList
from gui.toolkit import theme as t
from gui.toolkit.list import Entry
from gui.wall.moments import length, since
from recorder.client.answers import Block, OnlineUser
from recorder.client.clock import SECOND_US
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

WEB, SCREEN, EVERYWHERE = "web", "screen", "*"
KEPT_OUT_MIN = {10: _("For 10 minutes"), 60: _("For an hour"), 1440: _("For a day"), 10_080: _("For a week")}


@dataclass(frozen=True)
class Told:
    """Sessions that are on, and blocks that hold."""

    sessions: Sequence[OnlineUser]
    blocks: Sequence[Block]


class OnlinePage(FollowedList[Told]):
    """Follows them; choosing one opens what can be done."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "online", _("Who is logged in"))

    def ask(self) -> Told:
        """Both."""
        return Told(self.rooms.api.online(), self.rooms.api.blocks())

    def entries(self, told: Told) -> Sequence[Entry]:
        """A row for each, the newest login first, who is kept out below."""
        now_us, zone = self.screen.clock.now_us(), self.rooms.zone
        rows = [
            Entry(
                one.id,
                one.user,
                detail=_("{place} · since {moment}").format(
                    place=_place(one), moment=since(one.since_us, now_us, zone)
                ),
                note=_("This is you") if one.own else "",
                icon="user",
                colour=t.GOOD,
            )
            for one in sorted(told.sessions, key=lambda one: -one.since_us)
        ]
        return rows + [
            Entry(
                (one.user, one.source),
                one.user,
                detail=_why(one),
                note=_("Must wait") if one.tries else _("Kept out"),
                icon="lock",
                colour=t.WARNING,
            )
            for one in told.blocks
        ]

    def nothing(self) -> str:
        """Whoever sees this is logged in himself; it is said while that ends."""
        return _("Nobody is logged in.")

    def choose(self, value: Any) -> None:
        """Offer what can be done."""
        if self.told is None:
            return
        session = next((one for one in self.told.sessions if one.id == value), None)
        if session is not None:
            self._of_session(session)
        elif isinstance(value, tuple):
            user, source = value
            again = self.doing(
                lambda: self.rooms.api.end_block(user, source),
                _("{user} may come in from there again.").format(user=user),
            )
            self.offer([Item(_("Let in again"), again, icon="unlock")], user)

    def _of_session(self, one: OnlineUser) -> None:
        if one.own:
            self.screen.notices.say(_("This is your own login. Log out in the main menu."))
            return
        items = [Item(_("Log out"), lambda: self._ask(one, 0), icon="logout")]
        if one.door == WEB:
            # Before the recorder itself nobody can be kept out.
            times = tuple(
                Item(words, lambda one_min=minutes: self._ask(one, one_min)) for minutes, words in KEPT_OUT_MIN.items()
            )
            items.append(Item(_("Log out, and keep out from there"), icon="lock", items=times))
        self.offer(items, one.user)

    def _ask(self, one: OnlineUser, minutes: int) -> None:
        words = _("What {user} does now ends at once. An export that runs goes on.").format(user=one.user)
        if minutes:
            words += " " + _("{user} cannot log in from {source} meanwhile.").format(user=one.user, source=one.source)
        done = self.doing(
            lambda: self.rooms.api.end_session(one.id, minutes), _("{user} is logged out.").format(user=one.user)
        )
        title = _("Log {user} out?").format(user=one.user)
        self.screen.navigator.push(Question(title, words, _("Log out"), done, danger=True))


def _place(one: OnlineUser) -> str:
    if one.door == WEB:
        return _("From {address}").format(address=one.source)
    return _("At the screen") if one.door == SCREEN else _("At the command line")


def _why(one: Block) -> str:
    left = length(one.left_s * SECOND_US)
    if not one.tries:
        return _("Kept out from {source} for another {length}").format(source=one.source, length=left)
    if one.source == EVERYWHERE:
        return _("After wrong passwords from many places, for another {length}").format(length=left)
    return _("After wrong passwords from {source}, for another {length}").format(source=one.source, length=left)
