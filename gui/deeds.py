"""What is done at once, without a page: a question at most, and a word when it is done."""

from collections.abc import Callable
from typing import TypeVar

from gui.dialogs.message import Message, Question
from gui.entrance import Entrance
from gui.toolkit.notices import Tone
from recorder.client import wire
from recorder.client.answers import Channel, Output, Picture, Session, TileButton
from recorder.client.errors import Unavailable
from recorder.client.words import _, counted

Result = TypeVar("Result")
POWER = "power"
"""The right to shut down and restart."""


class Deeds(Entrance):
    """Each asks for a login where it needs one."""

    def _do(self, job: Callable[[], Result], then: Callable[[Result], object] | None = None) -> None:
        """Run a job for the page on top."""
        top = self.screen.navigator.top
        if top is not None:
            self.screen.work(top, job, then)

    def try_simulated(self) -> None:
        """Add the simulated cameras."""

        def add() -> None:
            self._do(self.api.add_simulated_cameras, added)

        def added(channels: list[Channel]) -> None:
            words = counted(
                "{count} simulated camera was added.", "{count} simulated cameras were added.", len(channels)
            )
            self.screen.notices.say(words, Tone.GOOD)

        self.enter(add)

    def try_now(self, channel: int) -> None:
        """Have media connect to a camera at once."""

        def again() -> None:
            self._do(ask, said)

        def ask() -> None:
            path = str(self.instance.socket("media"))
            try:
                with wire.BlockingConnection(path) as media:
                    media.send({"op": "try", "channel": channel})
            except OSError as error:
                raise Unavailable(process="media") from error

        def said(_nothing: None) -> None:
            self.screen.notices.say(_("Connecting to camera {channel}.").format(channel=channel))

        self.enter(again)

    def accept_certificate(self, channel: int) -> None:
        """Trust the certificate that a camera shows now, after a question."""

        def look() -> str:
            found = self.api.channel(channel)
            return next((one.certificate for one in found.streams if one.certificate), "")

        def ask(shown: str) -> None:
            if not shown:
                self.screen.notices.say(_("Camera {channel} shows no certificate now.").format(channel=channel))
                return
            words = _(
                "Accept it only if the camera was replaced or reset: another device could pretend to be it, and would "
                "be told the password. Compare it with what the camera's own page says. SHA-256:"
            )
            pairs = " ".join(shown[at : at + 4] for at in range(0, len(shown), 4)).upper()
            title = _("Accept another certificate?")
            self.screen.navigator.push(
                Question(title, f"{words}\n{pairs}", _("Accept"), lambda: accept(shown), danger=True)
            )

        def accept(shown: str) -> None:
            self._do(lambda: self.api.change_channel(channel, certificate=shown), said)

        def said(_channel: Channel) -> None:
            self.screen.notices.say(_("Connecting to camera {channel}.").format(channel=channel))

        def begin() -> None:
            self._do(look, ask)

        self.enter(begin)

    def toggle_recording(self, channel: int) -> None:
        """Record a channel round the clock, or by its schedule again (D-IR-10)."""

        def change() -> str:
            page = self.api.page("record-mode", channel)
            mode = "auto" if page.values["mode"] == "manual" else "manual"
            self.api.set_page("record-mode", {"mode": mode}, channel=channel, revision=page.revision)
            return mode

        def said(mode: str) -> None:
            manual = _("Channel {number} records round the clock until the key is pressed again.")
            auto = _("Channel {number} records by its schedule.")
            self.screen.notices.say((manual if mode == "manual" else auto).format(number=channel), Tone.GOOD)

        def go() -> None:
            self._do(change, said)

        self.enter(go)

    def shut_down(self) -> None:
        """Switch the machine off in order, after a login and a question (D-IR-01, D-PWR-01)."""
        words = _("Recording ends. The power key at the case starts the recorder again.")
        login, said = _("Log in to shut the recorder down."), _("The recorder shuts down.")
        self._leave_running(_("Shut down?"), words, _("Shut down"), self.api.shut_down, login, said)

    def restart(self) -> None:
        """Start the machine anew in order, after a login and a question (D-PWR-01)."""
        words = _("Nothing is recorded until it runs again, in a minute or two.")
        login, said = _("Log in to restart the recorder."), _("The recorder starts anew.")
        self._leave_running(_("Restart?"), words, _("Restart"), self.api.restart, login, said)

    def _leave_running(self, title: str, words: str, do: str, leave: Callable[[], None], login: str, said: str) -> None:
        def go() -> None:
            self._do(leave, lambda _done: self.screen.notices.say(said))

        def ask(session: Session) -> None:
            if POWER not in session.may:
                refused = _(
                    "{user} may not shut the recorder down or restart it. Whoever looks after users can allow it: "
                    "it is called Shut down and restart there. The power key at the case works for everybody."
                )
                self.screen.navigator.push(Message(title, refused.format(user=session.user)))
                return
            told = self.feed.latest
            busy = told is not None and told.update.busy
            update = _("The recorder is being updated. Wait for the end of it, if you can.") + " " if busy else ""
            self.screen.navigator.push(Question(title, update + words, do, go, danger=True))

        self.enter(lambda: self._do(self.api.session, ask), words=login)

    def press(self, button: TileButton) -> None:
        """Press the button of a tile, after its question."""

        def go() -> None:
            self._do(lambda: self.api.press_tile_button(button.channel), said)

        def said(output: Output) -> None:
            words = _("{label}: on.") if output.closed else _("{label}: off.")
            self.screen.notices.say(words.format(label=button.label), Tone.GOOD)

        def ask() -> None:
            self.screen.navigator.push(Question(button.label, button.question, _("Do it"), go, danger=True))

        self.enter(ask if button.question else go)

    def snapshot(self, channel: int) -> None:
        """Record the picture of a channel, save it as a file, and say where."""
        place = self.instance.exports / "snapshots"

        def take() -> Picture:
            return self.api.take_picture(channel, directory=place)

        def said(taken: Picture) -> None:
            self.screen.notices.say(_("Saved as {path}").format(path=taken.path), Tone.GOOD)

        def go() -> None:
            self._do(take, said)

        self.enter(go)
