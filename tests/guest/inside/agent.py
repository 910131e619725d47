"""`python3 agent.py /dev/ttyS1`: carries out what the host asks over a serial line, many things at a time.

Requests: run, say, signal, write, read. Answers carry the request's id: `out`, `exit`, `data`, `done` or `error`.
"""

import errno
import os
import selectors
import signal
import subprocess
import sys
import termios
import tty
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import frames
import warm

_CHUNK = 8 << 10


class Agent:
    """One serial line, and the processes that were started over it."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._lines = frames.Lines()
        self._ready = selectors.DefaultSelector()
        self._ready.register(line, selectors.EVENT_READ, self._hear)
        self._running: dict[int, subprocess.Popen[bytes] | warm.Program] = {}

    def serve(self) -> None:
        """Answer for ever."""
        self._say(0, hello=os.getpid())
        while True:
            for key, _events in self._ready.select():
                key.data()

    def _say(self, number: int, **fields: Any) -> None:
        data = frames.pack({"id": number, **fields})
        while data:
            data = data[os.write(self._line, data) :]

    def _hear(self) -> None:
        for line in self._lines.feed(os.read(self._line, 64 << 10)):
            asked = frames.parse(line)
            if asked is None:
                continue
            verb = getattr(self, "do_" + asked.pop("do"))
            number = asked.pop("id")
            try:
                verb(number, **asked)
            except OSError as error:
                self._say(number, error=str(error))

    def do_run(
        self,
        number: int,
        argv: list[str],
        env: dict[str, str],
        *,
        talks: bool = False,
        user: str = "",
        group: str = "",
    ) -> None:
        """Start a process in a session of its own; its two outputs come as one. One that talks hears what `say` says.

        Python programs are forked from here, and may be another user's.
        """
        process: subprocess.Popen[bytes] | warm.Program
        if argv[0] == "python3":
            process = warm.Program(argv, env, talks=talks, user=user, group=group)
        else:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, **env},
                start_new_session=True,
            )
        self._running[number] = process
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        self._ready.register(process.stdout, selectors.EVENT_READ, lambda: self._pass_on(number))
        ended = os.pidfd_open(process.pid)
        self._ready.register(ended, selectors.EVENT_READ, lambda: self._ended(number, ended))

    def _pass_on(self, number: int) -> bool:
        """Tell what a process said; False when there is no more now."""
        process = self._running.get(number)
        if process is None:
            return False  # its end was told a moment ago, in the same round
        output = process.stdout
        assert output is not None
        try:
            data = os.read(output.fileno(), _CHUNK)
        except BlockingIOError:
            return False
        if data:
            self._say(number, out=data)
        elif output in self._ready.get_map():
            self._ready.unregister(output)
        return bool(data)

    def _ended(self, number: int, ended: int) -> None:
        self._ready.unregister(ended)
        os.close(ended)
        while self._pass_on(number):
            pass
        process = self._running.pop(number)
        assert process.stdout is not None
        if process.stdout in self._ready.get_map():
            # Something it started still holds the other end.
            self._ready.unregister(process.stdout)
        process.stdout.close()
        if process.stdin is not None:
            process.stdin.close()
        self._say(number, exit=process.wait())

    def do_say(self, number: int, process: int, data: bytes) -> None:
        """Write to the input of a process that talks; raises `OSError` when it hears no more."""
        found = self._running.get(process)
        if found is None or found.stdin is None:
            raise BrokenPipeError(errno.EPIPE, "it has ended, or does not listen")
        os.write(found.stdin.fileno(), data)
        self._say(number, done=True)

    def do_signal(self, number: int, process: int, which: int) -> None:
        """Send a signal to a process that was started, and to what it started; one that ended hears nothing."""
        found = self._running.get(process)
        if found is not None:
            os.killpg(found.pid, signal.Signals(which))
        self._say(number, done=True)

    def do_write(self, number: int, path: str, data: bytes, offset: int, mode: int) -> None:
        """Put a part of a file; the first one makes it anew."""
        flags = os.O_WRONLY | os.O_CREAT | (0 if offset else os.O_TRUNC)
        file = os.open(path, flags, mode)
        try:
            os.pwrite(file, data, offset)
        finally:
            os.close(file)
        self._say(number, done=True)

    def do_read(self, number: int, path: str, offset: int) -> None:
        """Give a part of a file; an empty one is its end."""
        file = os.open(path, os.O_RDONLY)
        try:
            self._say(number, data=os.pread(file, frames.MOST_DATA, offset))
        finally:
            os.close(file)


def main() -> None:
    line = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
    tty.setraw(line, termios.TCSANOW)
    AGENT.append(Agent(line))
    AGENT[0].serve()


AGENT: list[Agent] = []
"""What it has open lives as long as the process, in copies of it too (`warm`)."""

if __name__ == "__main__":
    main()
