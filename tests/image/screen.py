"""The screen's own word for what it shows: its tree in words and its picture, by its socket in the machine."""

import base64
import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pygame
from pygame import Surface

from recorder.client.errors import Unavailable
from tests.guest.guest import Guest
from tests.guest.shell import COMMAND_S

SOCKET = "/run/nightjar/gui.sock"
PATIENCE_S = 900.0
LOOK_S = 0.5
Node = dict[str, Any]


class Screen:
    """The running screen of a recorder. After it was started anew, ask another one."""

    def __init__(self, guest: Guest, program: str) -> None:
        """`program` is the path of `ask_screen.py` in the machine."""
        self._line = guest.shell.talk("python3", program, SOCKET)
        self._told = 0

    def ask(self, op: str, **message: Any) -> Node:
        """Ask until it answers, and give that; a busy machine's screen says in time that it has no time yet."""
        end = time.monotonic() + PATIENCE_S
        while True:
            self._line.say(json.dumps({"op": op, **message}))
            self._told += 1
            self._line.until(lambda: self._line.output.count("\n") >= self._told, COMMAND_S, op)
            answer = json.loads(self._line.output.split("\n")[self._told - 1])
            if answer["op"] != "error":
                return answer
            assert answer["code"] == Unavailable(process="gui").code, answer
            assert time.monotonic() < end, answer

    def picture(self) -> Surface:
        """What it has drawn."""
        return pygame.image.load(io.BytesIO(base64.b64decode(self.ask("screenshot")["png"])), "screen.png")

    def tree(self) -> Node:
        """What it shows, in words."""
        return self.ask("tree")["tree"]

    def until(self, wanted: Callable[[Node], object], what: str) -> Node:
        """Look until the tree is as wanted, and give it."""
        end = time.monotonic() + PATIENCE_S
        while not wanted(found := self.tree()):
            assert time.monotonic() < end, f"{what} was not seen; last: {list(words(found))}"
            time.sleep(LOOK_S)
        return found


def nodes(tree: Node) -> Iterator[Node]:
    """All nodes of all pages that show."""
    waiting = list(tree["pages"])
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting += node.get("children", ())


def words(tree: Node) -> Iterator[str]:
    """All that can be read."""
    for node in nodes(tree):
        if node.get("text"):
            yield node["text"]


def named(tree: Node, name: str) -> Node | None:
    """The node of a name on the top page, where there is one."""
    return next((one for one in nodes({"pages": tree["pages"][-1:]}) if one.get("name") == name), None)


def center(node: Node) -> tuple[int, int]:
    """The middle of a node, in pixels of the screen."""
    x, y, width, height = node["rect"]
    return x + width // 2, y + height // 2
