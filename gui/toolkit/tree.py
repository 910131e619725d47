"""The screen in words: names, texts, places and focus of everything that shows; the oracle of tests and readers."""

from typing import TYPE_CHECKING, Any

from gui.toolkit.page import Page
from gui.toolkit.screen import Screen
from gui.toolkit.widget import Widget

if TYPE_CHECKING:
    from pygame import Rect


def tree(screen: Screen) -> dict[str, Any]:
    """Give all pages that can be seen, the lowest first, as plain values.

    A node has `kind`, `rect` [x, y, width, height], and where there is something to say `name`, `text`, `value`,
    `focusable`, `focused`, `enabled` (when false), `children`.
    """
    focus = screen.focus
    return {
        "size": list(screen.size),
        "focus": focus.path if focus is not None else None,
        "pages": [_page(page) for page in screen.navigator.shown()],
        "notices": screen.notices.texts(),
    }


def _page(page: Page) -> dict[str, Any]:
    return {"title": page.title, **_node(page)}


def _node(widget: Widget) -> dict[str, Any]:
    rect: Rect = widget.rect
    node: dict[str, Any] = {"kind": type(widget).__name__, "rect": [rect.x, rect.y, rect.width, rect.height]}
    if widget.name:
        node["name"] = widget.name
    if widget.text:
        node["text"] = widget.text
    if widget.value is not None:
        node["value"] = widget.value
    if widget.focusable:
        node["focusable"] = True
    if widget.focused:
        node["focused"] = True
    if not widget.enabled:
        node["enabled"] = False
    children = [_node(child) for child in widget.children if child.visible]
    if children:
        node["children"] = children
    return node
