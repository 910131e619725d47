"""The head of a page: the way back, its title, and what stands at the right."""

from collections.abc import Callable, Sequence

from gui.toolkit.button import IconButton
from gui.toolkit.label import Label
from gui.toolkit.layout import Pad, Row, Spacer
from gui.toolkit.theme import SECOND, TEXT, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _

HEIGHT = 72.0
EDGE = 32.0
"""Room at the left and right of a page, in units."""


def header(title: str, back: Callable[[], object], right: Sequence[Widget] = (), detail: str = "") -> Row:
    """Make the head of a page."""
    words: list[Widget] = [Label(title, Type.HEADLINE, TEXT, name="title")]
    if detail:
        words.append(Label(detail, Type.BODY, SECOND, name="detail"))
    return Row(
        [IconButton("back", _("Back"), back, name="back"), *words, Spacer(), *right],
        gap=12,
        pad=Pad(EDGE - 10, 14, EDGE, 14),
        name="header",
        height=HEIGHT,
    )
