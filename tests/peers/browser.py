"""A real browser as a person uses it: addresses, clicks, keys, what is to be seen. All speak W3C WebDriver."""

import base64
import json
import os
import time
from pathlib import Path
from typing import Any, Protocol

PATIENCE_S = 60
"""A browser on a loaded machine takes its time."""
BUTTONS = {"left": 0, "right": 2}
PASSING = {"no such element", "stale element reference", "element not interactable", "element click intercepted"}
"""What a page answers that has not drawn an element yet, draws it anew, or has something before it for a moment."""


class Refused(AssertionError):
    """The browser did not do what it was asked for; `kind` is WebDriver's name of the error (section 6.6)."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told)
        self.kind = told["error"]


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
        """Run the body of a function in the page, and give what it returns; promises are waited for.

        What touches an element goes by `on`, which waits for it.
        """
        return self._wire.ask("ExecuteScript", script=script, args=[])

    def until(self, expression: str, within_s: float = PATIENCE_S) -> Any:
        """Wait until an expression is true in the page, and give it. One of an element that is not there yet is not."""
        end = time.monotonic() + within_s
        while True:
            seen, wrong = None, ""
            try:
                seen = self.run(f"return {expression}")
            except Refused as refused:
                if refused.kind != "javascript error":
                    raise
                wrong = f" ({refused})"
            if seen:
                return seen
            if time.monotonic() > end:
                raise AssertionError(f"never true: {expression}{wrong}\n{self.run('return document.body.innerText')}")
            time.sleep(0.1)

    def on(self, css: str, script: str) -> Any:
        """Run the body of a function of the element `it` as soon as the page has it, and give what it returns."""
        found = f"const it = document.querySelector({json.dumps(css)});"
        given = f"Promise.resolve(((it) => {{ {script} }})(it)).then((given) => [given ?? null])"
        end = time.monotonic() + PATIENCE_S
        while (told := self.run(f"{found} return it && {given};")) is None:
            if time.monotonic() > end:
                raise AssertionError(f"never there: {css}\n{self.run('return document.body.innerText')}")
            time.sleep(0.1)
        return told[0]

    def says(self, css: str, words: str) -> None:
        """Wait until the text of an element has these words."""
        self.until(f"document.querySelector({json.dumps(css)}).innerText.includes({json.dumps(words)})")

    def click(self, css: str) -> None:
        self._touch("ElementClick", css)

    def choose(self, css: str, words: str) -> None:
        """Open the menu of a button, and take what begins with these words."""
        self.click(css)
        self.choose_open(words)

    def choose_open(self, words: str) -> None:
        """Take what begins with these words of the menu that is open, or opens."""
        self.until("!!document.querySelector('[role=menu]:not([hidden])')")
        offered = "//*[@role='menu'][not(@hidden)]/*[@role='menuitem']"
        self._touch("ElementClick", f"{offered}[starts-with(., '{words}')]", "xpath")

    def type(self, css: str, text: str) -> None:
        self._touch("ElementSendKeys", css, text=text)

    def fill(self, css: str, text: str) -> None:
        """Type into a field in place of what stands there."""
        self.on(css, "it.value = ''")
        self.type(css, text)

    def press(self, css: str, across: float, down: float, button: str = "left") -> None:
        """Press a mouse button over a share of an element's width and height, and let go."""
        number = BUTTONS[button]
        pressed = ({"type": "pointerDown", "button": number}, {"type": "pointerUp", "button": number})
        self._mouse(self.point(css, across, down), *pressed)

    def hover(self, css: str) -> None:
        """Move the mouse over the middle of an element."""
        self._mouse(self.point(css))

    def drag(self, css: str, across: float, down: float) -> None:
        """Drag from the middle of an element by a share of its width and height."""
        away = self.point(css, 0.5 + across, 0.5 + down)
        move = {"type": "pointerMove", "duration": 50, "origin": "viewport", **away}
        self._mouse(self.point(css), {"type": "pointerDown", "button": 0}, move, {"type": "pointerUp", "button": 0})

    def wheel(self, css: str, across: float, down: float, by: int) -> None:
        """Turn the wheel over a share of an element's width and height, by so many pixels; up is less than 0."""
        turned = {"type": "scroll", "deltaX": 0, "deltaY": by, "duration": 0, "origin": "viewport"}
        wheel = {"type": "wheel", "id": "wheel", "actions": [turned | self.point(css, across, down)]}
        self._wire.ask("PerformActions", actions=[wheel])

    def point(self, css: str, across: float = 0.5, down: float = 0.5) -> dict[str, int]:
        """Where a share of an element's width and height is in the window."""
        left, top, width, height = self.on(
            css,
            "it.scrollIntoView({block: 'nearest'}); const box = it.getBoundingClientRect();"
            "return [box.left, box.top, box.width, box.height]",
        )
        return {"x": round(left + width * across), "y": round(top + height * down)}

    def _mouse(self, at: dict[str, int], *steps: dict[str, Any]) -> None:
        moved = {"type": "pointerMove", "duration": 0, "origin": "viewport", **at}
        about = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self._wire.ask("PerformActions", actions=[about | {"actions": [moved, *steps]}])

    def screenshot(self) -> bytes:
        """What the page looks like, as PNG."""
        return base64.b64decode(self._wire.ask("TakeScreenshot", full=False))

    def keep(self, name: str) -> None:
        """Keep a picture of the page where somebody wants to look at it (`NIGHTJAR_KEEP_PICTURES`)."""
        if kept := os.environ.get("NIGHTJAR_KEEP_PICTURES"):
            Path(kept, f"{name}.png").write_bytes(self.screenshot())

    def complaints(self) -> list[str]:
        return self._wire.complaints()

    def _touch(self, command: str, words: str, using: str = "css selector", **parameters: Any) -> None:
        """Do something with an element as a person would: as soon as it is there to be touched."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                element = next(iter(self._wire.ask("FindElement", using=using, value=words).values()))
                self._wire.ask(command, id=element, **parameters)
            except Refused as refused:
                if refused.kind not in PASSING or time.monotonic() > end:
                    raise
                time.sleep(0.1)
            else:
                return
