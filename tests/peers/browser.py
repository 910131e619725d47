"""A real browser as a person uses it: addresses, clicks, keys, what is to be seen. All speak W3C WebDriver."""

import base64
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

PATIENCE_S = 60
"""A browser on a loaded machine takes its time."""
BUTTONS = {"left": 0, "right": 2}


class Wire(Protocol):
    """How one kind of browser is asked; commands carry the names of WebDriver's."""

    def ask(self, command: str, **parameters: Any) -> Any: ...

    def complaints(self) -> list[str]:
        """What the console said of mistakes since the browser began."""
        ...


class Browser:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def open(self, address: str) -> None:
        self._wire.ask("Navigate", url=address)

    def size(self, width: int, height: int) -> None:
        """Give the page so many pixels."""
        self._wire.ask("SetWindowRect", width=width, height=height)
        lost = self.run("return [window.outerWidth - innerWidth, window.outerHeight - innerHeight]")
        self._wire.ask("SetWindowRect", width=width + lost[0], height=height + lost[1])

    def run(self, script: str) -> Any:
        """Run the body of a function in the page, and give what it returns; promises are waited for."""
        return self._wire.ask("ExecuteScript", script=script, args=[])

    def until(self, expression: str, within_s: float = PATIENCE_S) -> Any:
        """Wait until an expression is true in the page, and give it."""
        end = time.monotonic() + within_s
        while True:
            seen = self.run(f"return {expression}")
            if seen:
                return seen
            assert time.monotonic() < end, f"never true: {expression}\n{self.run('return document.body.innerText')}"
            time.sleep(0.1)

    def click(self, css: str) -> None:
        try:
            self._wire.ask("ElementClick", id=self._element(css))
        except AssertionError as error:
            # Drawn anew between the look and the click: a person would click what is there now.
            if "stale element" not in str(error):
                raise
            self._wire.ask("ElementClick", id=self._element(css))

    def choose(self, css: str, words: str) -> None:
        """Open the menu of a button, and take what begins with these words."""
        self.click(css)
        self.choose_open(words)

    def choose_open(self, words: str) -> None:
        """Take what begins with these words of the menu that is open, or opens."""
        self.until("!!document.querySelector('[role=menu]:not([hidden])')")
        offered = "//*[@role='menu'][not(@hidden)]/*[@role='menuitem']"
        self._wire.ask("ElementClick", id=self._element(f"{offered}[starts-with(., '{words}')]", "xpath"))

    def type(self, css: str, text: str) -> None:
        self._wire.ask("ElementSendKeys", id=self._element(css), text=text)

    def press(self, css: str, across: float, down: float, button: str = "left") -> None:
        """Press a mouse button over a share of an element's width and height, and let go."""
        self.run(f"document.querySelector('{css}').scrollIntoView({{block: 'nearest'}})")
        left, top, width, height = self.run(
            f"const box = document.querySelector('{css}').getBoundingClientRect();"
            "return [box.left, box.top, box.width, box.height]"
        )
        here = {"x": round(left + width * across), "y": round(top + height * down)}
        number = BUTTONS[button]
        steps = [
            {"type": "pointerMove", "duration": 0, "origin": "viewport", **here},
            {"type": "pointerDown", "button": number},
            {"type": "pointerUp", "button": number},
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}
        self._wire.ask("PerformActions", actions=[mouse])

    def screenshot(self) -> bytes:
        """What the page looks like, as PNG."""
        return base64.b64decode(self._wire.ask("TakeScreenshot", full=False))

    def complaints(self) -> list[str]:
        return self._wire.complaints()

    def _element(self, words: str, using: str = "css selector") -> str:
        return next(iter(self._wire.ask("FindElement", using=using, value=words).values()))


Start = Callable[[Path], AbstractContextManager[Browser]]
"""Starts a browser with its profile in a folder of its own."""
