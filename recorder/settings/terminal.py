"""What the pages of all terminals share: a document for each terminal of the board, and its owner's name for it."""

from typing import Any

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable

LONGEST_NAME = 63
"""As of channels: it fits a tile of the screen and a line of a message."""
LONGEST_TERMINAL = 64
"""As the API takes the name of a terminal."""


class Terminal(Page, scope=Scope.LIST, area=Area.EVENT, permission=Permission.SYSTEM):
    """A terminal of the board; its item is what the board calls it."""

    name: Printable = setting(
        "",
        longest=LONGEST_NAME,
        title=_("Name"),
        hint=_("Such as Front door or Siren. Left empty: what stands at the terminal."),
    )

    @classmethod
    def is_item(cls, item: str) -> bool:
        """Whether a board could call a terminal so: what another board had is kept."""
        return item.isprintable() and 0 < len(item) <= LONGEST_TERMINAL

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """Terminal and name."""
        del known
        return f"{item}  {values.name if isinstance(values, Terminal) else ''}".rstrip()
