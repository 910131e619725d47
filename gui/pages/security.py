"""How safe the recorder is: a card for each thing that may be weak, with one action (D-SEC-01)."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from gui.dialogs.menu import Item
from gui.dialogs.own_account import OwnAccount
from gui.pages.summed import SummedList
from gui.pages.tones import COLOURS
from gui.toolkit.list import Entry
from recorder.client.answers import Security, SecurityCard
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

ICONS = {
    "second-factor": "keyboard",
    "passwords": "lock",
    "lock-outs": "clock",
    "logins": "user",
    "listening": "globe",
    "screen": "general",
    "camera-logins": "camera",
    "cameras": "network",
    "ways": "export",
    "footage": "disk",
}
ADVICE = "security-advice"


class SecurityPage(SummedList[Security]):
    """Follows it; what is weak offers to be mended or put up with, all else opens where it is set."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "security", _("Security"))
        self._rooms: Mapping[str, Callable[[], object]] = {
            "account": lambda: self.screen.navigator.push(OwnAccount(rooms.session)),
            "cameras": rooms.cameras,
            "log": rooms.log,
            "online": rooms.online,
        }

    def ask(self) -> Security:
        """All of it."""
        return self.rooms.api.security()

    def entries(self, told: Security) -> Sequence[Entry]:
        """A row for each card."""
        return [
            Entry(
                one.name,
                one.label,
                detail=one.words,
                note=_("Accepted") if one.accepted else one.deed,
                icon="warning" if one.tone.trouble else ICONS.get(one.name, "info"),
                colour=COLOURS[one.tone],
            )
            for one in told.cards
        ]

    def choose(self, value: str) -> None:
        """Open what mends it, or ask."""
        card = next((one for one in self.told.cards if one.name == value), None) if self.told is not None else None
        if card is None:
            return
        if not card.tone.trouble and not card.accepted:
            self._open(card)
            return
        again = card.accepted
        deed = self.doing(lambda: self._warn(card.name, again), _("Saved."))
        words = _("Warn of it again") if again else _("Warn of it no more")
        mend = Item(card.deed, lambda: self._open(card), icon="settings")
        self.offer([mend, Item(words, deed, icon="bell" if again else "mute")], card.words)

    def _warn(self, name: str, again: bool) -> None:  # noqa: FBT001
        self.rooms.api.set_page(ADVICE, {f"warn_{name.replace('-', '_')}": again})

    def _open(self, card: SecurityCard) -> None:
        opens = self._rooms.get(card.opens)
        if opens is not None:
            opens()
        elif card.opens == "channel":
            self.rooms.channel_settings(int(card.item))
        else:
            self.rooms.settings(page=card.opens, item=card.item)
