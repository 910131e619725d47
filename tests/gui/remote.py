"""A screen in another process, driven and looked at through gui.sock as a person would."""

import base64
import io
import json
import time
from pathlib import Path

import pygame

from recorder.client import wire
from recorder.client.instance import Instance

PATIENCE_S = 60.0


class RemoteScreen:
    """A client of gui.sock that comes back when the screen does. Waits for what is to be seen, never for time."""

    def __init__(self, data: Path, within_s: float = PATIENCE_S) -> None:
        self.path = str(Instance(data).socket("gui"))
        self.within_s = within_s

    def ask(self, message):
        with wire.BlockingConnection(self.path, PATIENCE_S) as gui:
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
        """Go to a widget by arrows and press ok there."""
        self.go(name)
        self.keys("ok")

    def go(self, name, most=40):
        """Go to a widget by arrows, each towards it."""
        x, y, width, height = self.node(name)["rect"]
        aside = False
        for _arrow in range(most):
            found = self.tree()
            here = next(walk(found["pages"][-1], lambda node: node.get("focused")), None)
            if here is not None and here.get("name") == name:
                return
            left, top, wide, high = here["rect"] if here is not None else (0, 0, 0, 0)
            across, down = x + width / 2 - left - wide / 2, y + height / 2 - top - high / 2
            sideways = (abs(across) > abs(down)) != aside
            self.keys(("right" if across > 0 else "left") if sideways else ("down" if down > 0 else "up"))
            # Where an arrow leads nowhere, the other way leads round.
            aside = self.tree()["focus"] == found["focus"] and not aside
        raise AssertionError(f"{name} is not reached; the focus is on {self.focus}")

    def cut(self):
        """On the playback page: mark a piece of two seconds at least, and ask for its export. Stands at its end."""
        self.until(lambda tree: "video-" in json.dumps(tree))
        self.until(lambda _tree: self.node("time").get("text", "-")[-1].isdigit())
        self.keys("[")
        self.until(lambda _tree: self.node("marked").get("text", "").startswith("from "))
        begin = second(self.node("marked"))
        self.keys("space")
        self.until(lambda _tree: second(self.node("time")) not in {begin, (begin + 1) % 60})
        self.keys("space", "]")
        self.until(lambda _tree: self.node("marked").get("text", "from")[0].isdigit())
        self.keys("e")
        self.page("export-dialog")

    def click(self, name):
        x, y, width, height = self.node(name)["rect"]
        self.give({"kind": "click", "x": x + width // 2, "y": y + height // 2})

    def picture(self, rect=None):
        """A part of the screen, or all of it, as bytes."""
        png = base64.b64decode(self.ask({"op": "screenshot"})["png"])
        surface = pygame.image.load(io.BytesIO(png), "screen.png")
        return pygame.image.tobytes(surface.subsurface(rect) if rect else surface, "RGB")


def second(node):
    """The second of the minute that a time of day ends with."""
    return int(node["text"][-2:])


def walk(node, true):
    """Give every widget of which something is so, from the top down."""
    if true(node):
        yield node
    for child in node.get("children", ()):
        yield from walk(child, true)


def named(node, name):
    """Give all widgets of this name, from the top down."""
    return list(walk(node, lambda one: one.get("name") == name))


def tiles(tree):
    """The tiles of the wall: by channel what each shows; an empty one has no channel."""
    return {one["name"]: one["value"] for one in tree["pages"][0].get("children", ()) if one["kind"] == "Tile"}
