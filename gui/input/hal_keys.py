"""Keys that hal reads for the screen: a remote whose receiver the kernel does not know, and the keys of the case."""

import logging
import threading
import time
from pathlib import Path

from gui.input.remote import Remote
from gui.toolkit.screen import Screen
from hal.client import HalClient, HalUnavailable
from hal.client.kinds import KeyAction, KeyEvent, RemoteEvent

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
                    hal.watch()
                    while not self._over:
                        self.take(hal.next())
            except HalUnavailable as error:
                log.debug("%s", error)
            time.sleep(AGAIN_S)

    def take(self, said: object) -> None:
        """Pass on what hal said, to the screen's thread."""
        match said:
            case RemoteEvent(key=key, action=action):
                self._pass_on(self._remote, str(key), action)
            case KeyEvent(key=key, action=action) if key not in OF_THE_CASE:
                self._pass_on(self._panel, key, action)
            case _:
                pass

    def _pass_on(self, to: Remote, key: str, action: KeyAction) -> None:
        match action:
            case KeyAction.PRESSED:
                self._screen.post(lambda: to.press(key))
            case KeyAction.RELEASED:
                self._screen.post(lambda: to.release(key))
            case KeyAction.HELD:
                pass  # the screen measures for itself
