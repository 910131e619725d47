"""A stick that lets back in is made: offered with the first password, and at the settings of logins (D-MNT-14, A25)."""

from collections.abc import Callable, Sequence

from gui.dialogs.message import Message
from gui.dialogs.proved import Proved
from gui.session import Session
from gui.toolkit.button import Button
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.select import Option, Select
from gui.toolkit.theme import SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import StickStatus
from recorder.client.answers.credentials import RecoveryStickMade
from recorder.client.words import _


class MakeRecoveryStick(Proved):
    """Of one of the sticks that are in."""

    wide = 640.0

    def __init__(self, session: Session, sticks: Sequence[StickStatus], *, known: str = "") -> None:
        """`known` is the password of who sits there, where he has just chosen it: he is not asked again."""
        words = _(
            "With it the password of an administrator is set anew at this screen, once, when it is forgotten. Keep it"
            " apart from the recorder: whoever has it can do so. What is on the stick stays; a stick that was made"
            " before counts no more."
        )
        super().__init__(session, _("Make a recovery stick"), words, _("Make it"), name="make-recovery-stick")
        self._sticks = sticks
        self._known = known
        self._port = sticks[0].port
        self.default_focus = "enter" if known else "proof"
        if known:
            self.proof.set(known)

    def rest(self) -> list[Widget]:
        """Which stick."""
        if len(self._sticks) == 1:
            return [Label(_("USB stick {stick}").format(stick=self._sticks[0].label), name="stick")]
        options = [Option(one.port, one.label) for one in self._sticks]
        return [
            Label(_("USB stick"), Type.SMALL, SECOND),
            Select(options, self._port, self._chosen, name="stick", steps=False),
        ]

    def content(self) -> list[Widget]:
        """The stick, and the password of who is not known."""
        return [*self.rest(), self.problem] if self._known else super().content()

    def buttons(self) -> list[Widget]:
        """Out, and do it."""
        return [Button(_("Later") if self._known else _("Cancel"), self.close, name="cancel"), self.enter]

    def _chosen(self, port: str) -> None:
        self._port = port

    def once_more(self) -> None:
        """Who is known is not asked: it was the stick."""
        if self._known:
            self.screen.focus_on(self.enter)
        else:
            super().once_more()

    def act(self, password: str) -> RecoveryStickMade:
        """Make it."""
        return self.session.api.make_recovery_stick(self._port, password)

    def acted(self, result: RecoveryStickMade) -> None:
        """Say what to do with it."""
        words = _("{stick} is the recovery stick now. Pull it out, write on it what it is, and keep it apart.")
        self.session.screen.notices.say(words.format(stick=result.stick), Tone.GOOD)


def make_recovery_stick(
    session: Session, sticks: Sequence[StickStatus], then: Callable[[object], object] | None = None
) -> None:
    """Have one made of a stick that is in; where none is, say what to do. `then` is told whether one was made."""
    push = session.screen.navigator.push
    if sticks:
        push(MakeRecoveryStick(session, sticks), then=then)
        return
    words = _("Push a USB stick into the recorder, and choose this again. What is on the stick stays there.")
    push(Message(_("No USB stick is in"), words))
