"""What goes out while a dome is steered: the newest wish, again while it is held, and a stop that always follows.

One thread sends, so that nothing overtakes a stop. A wish that nobody renews is over by itself.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from recorder.client.errors import NightjarError

log = logging.getLogger(__name__)

AGAIN_S = 0.6
"""A held move is asked for again so often; the hardware ends one that nobody asked for during 2 s."""
TRIES = 5
"""How often a stop that failed is tried again."""
RETRY_S = 0.4


@dataclass(frozen=True)
class Motion:
    """Shares of full speed from -1 to 1: to the right, up, towards tele, towards far, open."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    focus: float = 0.0
    iris: float = 0.0


STILL = Motion()


class Steering:
    """Sends to one dome by `move` and `stop`, which block; `failed` is told what went wrong, in the thread here."""

    def __init__(
        self,
        move: Callable[[Motion], object],
        stop: Callable[[], object],
        failed: Callable[[Exception], object],
        again_s: float = AGAIN_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._move = move
        self._stop = stop
        self._failed = failed
        self._again_s = again_s
        self._retry_s = retry_s
        self._changed = threading.Condition()
        self._wanted = STILL
        self._over = False
        self._thread = threading.Thread(target=self._run, name="ptz", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def want(self, motion: Motion) -> None:
        """Wish for a motion; `STILL` stops."""
        with self._changed:
            self._wanted = motion
            self._changed.notify()

    def close(self) -> None:
        """Stop what moves, and end."""
        with self._changed:
            self._wanted, self._over = STILL, True
            self._changed.notify()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; says whether it came."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        sent = STILL
        while True:
            with self._changed:
                if self._wanted == sent and not self._over:
                    self._changed.wait(None if sent == STILL else self._again_s)
                wanted, over = self._wanted, self._over
            if wanted != STILL:
                sent = wanted
                self._send(wanted)
            elif sent != STILL:
                self._halt()
                sent = STILL
            if over and sent == STILL:
                return

    def _send(self, motion: Motion) -> None:
        try:
            self._move(motion)
        except NightjarError as error:
            # It may have arrived all the same: whatever was asked to move is told to stop.
            self._failed(error)
            self.want(STILL)

    def _halt(self) -> None:
        for tried in range(TRIES):
            try:
                self._stop()
            except NightjarError as error:
                log.warning("the dome was not told to stop: %s", error)
                if tried == TRIES - 1:
                    self._failed(error)
                time.sleep(self._retry_s)
            else:
                return
