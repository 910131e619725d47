"""A screen in another process, driven and looked at through gui.sock as a person would."""

import base64
import io
import time
from pathlib import Path

import pygame

from recorder.client import wire
from recorder.client.instance import Instance


class RemoteScreen:
    """A client of gui.sock that comes back when the screen does. Waits for what is to be seen, never for time."""

    def __init__(self, data: Path, within_s: float = 20.0) -> None:
        self.path = str(Instance(data).socket("gui"))
        self.within_s = within_s

    def ask(self, message):
        with wire.BlockingConnection(self.path, 15) as gui:
            return gui.request(message)

    def give(self, *events):
        assert self.ask({"op": "input", "events": list(events)})["op"] == "input"

    def keys(self, *names):
        self.give(*({"kind": "key", "name": name} for name in names))

    def type(self, text):
        self.give({"kind": "text", "text": text})

    def tree(self):
        return self.ask({"op": "tree"})["tree"]

    @property
    def focus(self):
        return (self.tree()["focus"] or "").rpartition("/")[2]

    def until(self, true):
        """Look until something is so, and give the tree; a screen that is just not there is asked again."""
        deadline = time.monotonic() + self.within_s
        while True:
            try:
                found = self.tree()
            except OSError as error:
                found = error
            else:
                if true(found):
                    return found
            assert time.monotonic() < deadline, found
            time.sleep(0.05)

    def page(self, name):
        return self.until(lambda tree: tree["pages"][-1]["name"] == name)

    def node(self, name):
        return named(self.until(lambda tree: named(tree["pages"][-1], name))["pages"][-1], name)[-1]

    def press(self, name):
        """Go to a widget with the arrow down and up, and press ok there."""
        self.node(name)
        for arrow in ("down", "up", "right", "left"):
            for _press in range(12):
                if self.focus == name:
                    self.keys("ok")
                    return
                self.keys(arrow)
        raise AssertionError(f"{name} is not reached; the focus is on {self.focus}")

    def click(self, name):
        x, y, width, height = self.node(name)["rect"]
        self.give({"kind": "click", "x": x + width // 2, "y": y + height // 2})

    def picture(self, rect=None):
        """A part of the screen, or all of it, as bytes."""
        png = base64.b64decode(self.ask({"op": "screenshot"})["png"])
        surface = pygame.image.load(io.BytesIO(png), "screen.png")
        return pygame.image.tobytes(surface.subsurface(rect) if rect else surface, "RGB")


def named(node, name):
    """All widgets of this name, from the top down."""
    found = [node] if node.get("name") == name else []
    return found + [one for child in node.get("children", ()) for one in named(child, name)]


def tiles(tree):
    """The tiles of the wall: by channel what each shows; an empty one has no channel."""
    return {one["name"]: one["value"] for one in tree["pages"][0].get("children", ()) if one["kind"] == "Tile"}
