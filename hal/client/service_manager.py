"""What a process tells the system's first process: that it is ready, and again and again that its loop goes round.

systemd says by the environment where it listens and how long a silence may last (sd_notify(3), sd_watchdog_enabled(3)).
On a laptop nobody listens, and nothing is told.
"""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Callable, Mapping

# sd_watchdog_enabled(3) recommends half of the longest silence; a third leaves one word that may be lost.
WORDS_A_SILENCE = 3


class ServiceManager:
    """The line to it. Belongs to one loop: what feeds the watchdog is the loop that does the work."""

    def __init__(
        self, environment: Mapping[str, str] = os.environ, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._now_s = now_s
        self._told_s = now_s()
        path = environment.get("NOTIFY_SOCKET", "")
        # A name that begins with @ is one without a file (unix(7)).
        self._where = "\0" + path[1:] if path.startswith("@") else path
        self.every_s = _every_s(environment)
        """How often it wants to hear `alive`; None where it does not."""

    def ready(self) -> None:
        """The process does now what it is for."""
        self._say(b"READY=1")

    def alive(self) -> None:
        """The loop goes round; to be called as often as one likes."""
        if self.every_s is not None and self._now_s() - self._told_s >= self.every_s:
            self._told_s = self._now_s()
            self._say(b"WATCHDOG=1")

    def stopping(self) -> None:
        """The process ends, as it was told to."""
        self._say(b"STOPPING=1")

    async def keep_alive(self) -> None:
        """Say `alive` for as long as the event loop goes round; until cancelled."""
        while self.every_s is not None:
            await asyncio.sleep(self.every_s)
            self.alive()

    def _say(self, words: bytes) -> None:
        if not self._where:
            return
        # A word that is lost is followed by another one; whoever hears none for long kills us, and rightly.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(words, self._where)


def _every_s(environment: Mapping[str, str]) -> float | None:
    about = environment.get("WATCHDOG_PID", "")
    silence = environment.get("WATCHDOG_USEC", "")
    if not silence.isdecimal() or not int(silence) or (about and about != str(os.getpid())):
        return None
    return int(silence) / 1_000_000 / WORDS_A_SILENCE
