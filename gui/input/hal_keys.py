"""Keys that hal reads for the screen: a remote whose receiver the kernel does not know, and the keys of the case.

Whatever somebody touches silences the buzzer, at hal itself: nobody has to log in to have peace (architecture §6).
"""

import logging
import threading
import time
from pathlib import Path

from gui.input.remote import Remote
from gui.toolkit.screen import Screen
from hal.client import HalClient, HalRefused, HalUnavailable
from hal.client.kinds import BuzzerState, KeyAction, KeyEvent, RemoteEvent

AGAIN_S = 1.0
LONGEST_SILENCE_S = 3600.0
OF_THE_CASE = frozenset(("power", "reset"))
"""What hal does itself, without a screen."""
log = logging.getLogger(__name__)


class HalKeys:
    """Listens to hal.sock in a thread of its own, and again when hal was away."""

    def __init__(self, path: Path, screen: Screen, remote: Remote, panel: Remote) -> None:
        """`panel` takes the keys of the case, which are always meant for this recorder."""
        self._path = path
        self._screen = screen
        self._remote = remote
        self._panel = panel
        self._over = False
        self._sounding: set[str] = set()
        screen.on_touch = self.hush

    def start(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._listen, name="hal keys", daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._over = True

    def _listen(self) -> None:
        while not self._over:
            try:
                with HalClient(self._path, LONGEST_SILENCE_S) as hal:
                    self._sounding.clear()
                    for one in hal.watch():
                        self.take(one)
                    while not self._over:
                        self.take(hal.next())
            except HalUnavailable as error:
                log.debug("%s", error)
            time.sleep(AGAIN_S)

    def take(self, said: object) -> None:
        """Pass on what hal said, to the screen's thread."""
        if isinstance(said, RemoteEvent | KeyEvent) and said.action is KeyAction.PRESSED:
            self.hush()
        match said:
            case BuzzerState(name=name, sounds=sounds):
                (self._sounding.add if sounds else self._sounding.discard)(name)
            case RemoteEvent(key=key, action=action):
                self._pass_on(self._remote, str(key), action)
            case KeyEvent(key=key, action=action) if key not in OF_THE_CASE:
                self._pass_on(self._panel, key, action)
            case _:
                pass

    def hush(self) -> None:
        """Silence what sounds, until it is asked for again; banner and light stay. Returns at once, from any thread."""
        names, self._sounding = self._sounding, set()
        if names:
            threading.Thread(target=self._silence, args=(names,), name="hush", daemon=True).start()

    def _silence(self, names: set[str]) -> None:
        try:
            with HalClient(self._path) as hal:
                for name in sorted(names):
                    hal.call("buzzer", name, "silence")
        except (HalUnavailable, HalRefused) as error:
            log.warning("the buzzer was not silenced: %s", error)

    def _pass_on(self, to: Remote, key: str, action: KeyAction) -> None:
        match action:
            case KeyAction.PRESSED:
                self._screen.post(lambda: to.press(key))
            case KeyAction.RELEASED:
                self._screen.post(lambda: to.release(key))
            case KeyAction.HELD:
                pass  # the screen measures for itself
