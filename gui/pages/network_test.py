"""The network test: an address, answer by answer how soon it answers, what is missing, and what to do (D-MNT-08)."""

from typing import TYPE_CHECKING

from gui.dialogs.chooser import ChooseOne
from gui.pages.answer_bars import AnswerBars
from gui.pages.followed import Followed
from gui.pages.tones import COLOURS
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Divider, Icon, Label
from gui.toolkit.layout import Align, Card, Column, Row
from gui.toolkit.scroll import Scroll
from gui.toolkit.select import Option
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import Type
from gui.toolkit.widget import Widget
from recorder.client.answers import NetworkTest, NetworkTests
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

EVERY_S = 0.5
LONGEST_PORT = 5
DIGITS = "0123456789"
NAMES = 190.0
"""Width of the names of facts."""


class NetworkTestPage(Followed[NetworkTests]):
    """Follows the newest test of whoever is logged in; the camera of `channel` is tested at once."""

    every_s = EVERY_S

    def __init__(self, rooms: "Rooms", channel: int | None = None) -> None:
        super().__init__(rooms, "network-test", _("Network test"))
        self._channel = channel
        self._shape: object = None
        self.address = TextField(
            name="address",
            label=_("Address"),
            placeholder=_("Address or name, such as 192.168.1.50"),
            grow=1,
            on_submit=self._begin,
        )
        self.port = TextField(
            name="port",
            label=_("Port"),
            placeholder=_("Port"),
            longest=LONGEST_PORT,
            allowed=DIGITS,
            width=110,
            on_submit=self._begin,
        )
        self.bars = AnswerBars()
        self._icon = Icon("network", 28)
        self._head = Label("", Type.TITLE, t.TEXT, lines=3, grow=1, name="verdict")
        self._facts: list[Label] = []

    @property
    def newest(self) -> NetworkTest | None:
        """The test that is shown."""
        return self.told.newest if self.told is not None else None

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.newest is not None and not self.newest.state.over

    def ask(self) -> NetworkTests:
        """One's own newest test, and what else could be tested."""
        return self.rooms.api.network_tests()

    def first(self) -> str:
        """The address is what is wanted first."""
        return "go" if self.address.written else "address"

    # What it shows.

    def show(self, told: NetworkTests) -> bool:
        """Say how far it is; other buttons, advice or facts need another tree."""
        one = told.newest
        if self._channel is not None:
            self._test_camera(told)
        elif one is not None and self._shape is None and not self.address.written:
            self.address.set(one.address)
            self.port.set(str(one.port or ""))
        shape = (
            bool(told.targets),
            one and (self.running, one.sent > 0, one.advice, tuple(fact.name for fact in one.facts)),
        )
        anew, self._shape = shape != self._shape, shape
        if not anew:
            self._say()
        return anew

    def _test_camera(self, told: NetworkTests) -> None:
        found = next((one for one in told.targets if one.channel == self._channel), None)
        self._channel = None
        if found is not None:
            self._take(found.address)
            if not self.running:
                self._begin()

    def _say(self) -> None:
        one = self.newest
        if one is None:
            self._head.say(_("Whatever has an address can be tested: a camera, the gateway, this recorder."), t.SECOND)
            self._icon.show("network", t.SECOND)
            self.bars.show((), 0, 0)
            return
        self._head.say(one.words, COLOURS[one.tone] if one.tone.trouble else t.TEXT)
        icon = "warning" if one.tone.trouble else "check" if one.state.over else "network"
        self._icon.show(icon, COLOURS[one.tone] if one.state.over else t.ACCENT)
        self.bars.show(one.delays_ms, one.waiting, one.count)
        for label, fact in zip(self._facts, one.facts, strict=True):
            label.say(fact.words, COLOURS[fact.tone])

    def content(self) -> list[Widget] | None:
        """What is tested, and below that what was found."""
        one, targets = self.newest, self.told.targets if self.told is not None else ()
        if self.running:
            go = Button(_("Cancel"), self._cancel, name="go", icon="stop", width=150)
        else:
            go = Button(_("Test"), self._begin, name="go", icon="play", look=Look.PRIMARY, width=150)
        choose = [Button(_("Choose…"), self._choose, name="choose-target", icon="search")] if targets else []
        top = Row([self.address, *choose, self.port, go], gap=12, align=Align.CENTER, name="asked")
        hint = _(
            "Without a port it is asked by echo requests (ping), with one by connections to that: 554 for a camera."
        )
        found: list[Widget] = [Row([self._icon, self._head], gap=14, align=Align.CENTER)]
        if one is not None:
            for at, words in enumerate(one.advice):
                found.append(Label(words, Type.BODY, t.TEXT, lines=3, name=f"advice-{at}"))
            if one.sent or self.running:
                found.append(self.bars)
        self._facts = []
        for at, fact in enumerate(one.facts if one is not None else ()):
            words = Label(fact.words, Type.BODY, COLOURS[fact.tone], lines=2, grow=1, name=f"fact-{at}")
            self._facts.append(words)
            found += [Divider(), Row([Label(fact.name, Type.BODY, t.SECOND, width=NAMES), words], gap=16)]
        self._say()
        card = Card([Scroll(Column(found, gap=12, pad=(16, 12)), grow=1, name="found")], pad=8, grow=1)
        return [top, Label(hint, Type.SMALL, t.SECOND, lines=2, name="hint"), card]

    # What is done.

    def _begin(self) -> None:
        if self.running:
            return
        address, port = self.address.written.strip(), int(self.port.written or 0)
        self.work(lambda: self.rooms.api.test_network(address, port=port), lambda _test: self.look())

    def _cancel(self) -> None:
        self.work(self.rooms.api.cancel_network_test, lambda _tests: self.look())

    def _choose(self) -> None:
        targets = self.told.targets if self.told is not None else ()
        options = [Option(one.address, f"{one.words} · {one.address}") for one in targets]
        self.screen.navigator.push(ChooseOne(_("What is tested?"), options, self.address.written, self._take))

    def _take(self, address: str) -> None:
        self.address.set(address)
        self.port.set("")
