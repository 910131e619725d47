"""Commands in the guest, and files in and out, over its second serial port."""

import contextlib
import itertools
import shlex
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.guest.inside import frames

ANSWER_S = 90.0
"""For what takes milliseconds on an idle machine."""
COMMAND_S = 180.0
"""For a command, where nothing else is said: a Python that imports the recorder takes a few seconds in the guest."""


LOST = -1000
"""The status of a command whose agent died."""


class Failed(AssertionError):
    """A command in the guest failed or took too long; the words hold what it said."""


class Running:
    """A command that was started in the guest."""

    def __init__(self, shell: "Shell", number: int, words: str) -> None:
        self._shell, self._number, self.words = shell, number, words
        self._output = bytearray()
        self.status: int | None = None
        """The exit status once it ended; negative: the signal that ended it."""

    def take(self, message: dict[str, Any]) -> None:
        """Take what the agent says about it."""
        self._output += message.get("out", b"")
        if "exit" in message:
            self.status = message["exit"]

    def lose(self) -> None:
        """Hear that the agent began anew, and knows nothing of it."""
        if self.status is None:
            self.status = LOST

    @property
    def output(self) -> str:
        """All it has said so far, both outputs in one."""
        return self._output.decode("utf-8", "replace")

    def wait(self, timeout_s: float = COMMAND_S) -> int:
        """Wait for its end and give the exit status; raises `Failed` when it takes too long."""
        self._shell.wait_for(lambda: self.status is not None, timeout_s, f"the end of: {self.words}", self)
        assert self.status is not None
        return self.status

    def wait_for(self, text: str, timeout_s: float = COMMAND_S) -> str:
        """Wait until it has said `text`; gives all it said."""
        told = lambda: text in self.output or self.status is not None  # noqa: E731
        self._shell.wait_for(told, timeout_s, f"{text!r} of: {self.words}", self)
        if text not in self.output:
            raise Failed(f"{self.words}\nended with {self.status} and never said {text!r}\n{self.output[-4000:]}")
        return self.output

    def until(self, seen: Callable[[], Any], timeout_s: float, what: str) -> None:
        """Wait until `seen` is true, which what it says may make so; raises `Failed` when it ends before."""
        self._shell.wait_for(lambda: seen() or self.status is not None, timeout_s, f"{what} of: {self.words}", self)
        if not seen():
            raise Failed(f"{self.words}\nended with {self.status} before {what}\n{self.output[-4000:]}")

    def say(self, line: str) -> None:
        """Write a line to the input of one that was started by `Shell.talk`; raises `Failed` when it has ended."""
        self._shell.ask(do="say", process=self._number, data=line.encode() + b"\n")

    def signal(self, which: int) -> None:
        """Send a signal to it and to what it started."""
        self._shell.ask(do="signal", process=self._number, which=which)


class Shell:
    """The line to the agent in the guest. Many commands may run at a time; any thread may ask."""

    def __init__(self, line: socket.socket, explain: Callable[[], str]) -> None:
        """`explain` gives what else is known when the guest does not answer."""
        self._line, self._explain = line, explain
        self._changed = threading.Condition()
        self._sending = threading.Lock()
        self._numbers = itertools.count(1)
        self._running: dict[int, Running] = {}
        self._answers: dict[int, dict[str, Any]] = {}
        self._up = self._gone = False
        self._stray: list[bytes] = []
        self._thread = threading.Thread(target=self._listen, name="guest shell", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        lines = frames.Lines()
        while True:
            try:
                data = self._line.recv(64 << 10)
            except OSError:
                data = b""
            with self._changed:
                if not data:
                    self._gone = True
                for line in lines.feed(data):
                    self._heard(line)
                self._changed.notify_all()
            if not data:
                return

    def _heard(self, line: bytes) -> None:
        message = frames.parse(line)
        if message is None:
            self._stray.append(line[:200])
        elif "hello" in message:
            if self._up:
                for one in self._running.values():
                    one.lose()
            self._up = True
        elif message["id"] in self._running and message.keys() & {"out", "exit"}:
            self._running[message["id"]].take(message)
        else:
            self._answers[message["id"]] = message

    def wait_for(self, seen: Callable[[], Any], timeout_s: float, what: str, about: Running | None = None) -> None:
        """Wait until `seen` is true, which it may become whenever the guest says something."""
        with self._changed:
            self._changed.wait_for(lambda: self._gone or seen(), timeout_s)
            if seen():
                return
        why = "the guest is gone" if self._gone else f"not within {timeout_s:.0f} s"
        said = f"\nit said: {about.output[-4000:]}" if about else ""
        stray = f"\nnot frames: {self._stray[-5:]}" if self._stray else ""
        raise Failed(f"{what}: {why}{said}{stray}\n{self._explain()}")

    def wait_until_up(self, timeout_s: float) -> None:
        """Wait for the agent's first word."""
        self.wait_for(lambda: self._up, timeout_s, "the guest's start")

    def resume(self) -> None:
        """Talk to an agent that said its first word to another shell: its machine was frozen meanwhile."""
        with self._changed:
            self._up = True

    def ask(self, **message: Any) -> dict[str, Any]:
        """Send a request and give its answer; raises `Failed` where the guest refuses."""
        number = next(self._numbers)
        # One at a time, so that the guest's line buffer never overflows.
        with self._sending:
            self._send({"id": number, **message})
            self.wait_for(lambda: number in self._answers, ANSWER_S, f"an answer to {message['do']}")
        answer = self._answers.pop(number)
        if "error" in answer:
            raise Failed(f"{message['do']}: {answer['error']}")
        return answer

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._line.sendall(frames.pack(message))
        except OSError as error:
            raise Failed(f"the guest is gone\n{self._explain()}") from error

    def start(self, *words: str, **environment: str) -> Running:
        """Start a program; one word alone is a line for sh(1), and what begins with python3 starts at once (`warm`)."""
        return self._begin(words, environment)

    def talk(self, *words: str, **environment: str) -> Running:
        """Start a program that takes lines by `Running.say`."""
        return self._begin(words, environment, talks=True)

    def start_as(self, user: str, group: str, *words: str, talks: bool = False, **environment: str) -> Running:
        """Start a Python program as a user with a group, the user's other groups, and no capability; "" is root."""
        return self._begin(words, environment, talks=talks, user=user, group=group)

    def _begin(self, words: tuple[str, ...], environment: dict[str, str], **more: Any) -> Running:
        argv = ["sh", "-c", words[0]] if len(words) == 1 else list(words)
        number = next(self._numbers)
        running = self._running[number] = Running(self, number, shlex.join(argv))
        with self._sending:
            self._send({"id": number, "do": "run", "argv": argv, "env": environment, **more})
        return running

    def run(self, *words: str, timeout_s: float = COMMAND_S, check: bool = True, **environment: str) -> str:
        """Run a program and give what it said; raises `Failed` unless it ends with 0 (or `check` is off)."""
        running = self.start(*words, **environment)
        status = running.wait(timeout_s)
        if status and check:
            raise Failed(f"{running.words}\nended with {status}\n{running.output[-6000:]}")
        return running.output

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Put a file into the guest; for megabytes a disk is the better way."""
        for offset in range(0, max(len(data), 1), frames.MOST_DATA):
            self.ask(do="write", path=path, data=data[offset : offset + frames.MOST_DATA], offset=offset, mode=mode)

    def read(self, path: str) -> bytes:
        """Fetch a file from the guest."""
        data = bytearray()
        while part := self.ask(do="read", path=path, offset=len(data))["data"]:
            data += part
        return bytes(data)

    def send(self, source: Path, path: str) -> None:
        """Copy a file of the host into the guest."""
        self.write(path, source.read_bytes())

    def poll(self, *words: str, until: Callable[[str], bool], timeout_s: float = COMMAND_S) -> str:
        """Run a program again and again until its output pleases; gives that output."""
        end = time.monotonic() + timeout_s
        while True:
            told = self.run(*words, check=False)
            if until(told):
                return told
            if time.monotonic() > end:
                raise Failed(f"{words}: not seen within {timeout_s:.0f} s; last: {told[-3000:]}\n{self._explain()}")
            time.sleep(0.3)

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._thread.join(ANSWER_S)
        self._line.close()
