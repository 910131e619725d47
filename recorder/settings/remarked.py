"""What pages share whose items get their names, and words beside them, from their owner: users, sounds, told alarms."""

import re
from collections.abc import Collection
from typing import Any, ClassVar


class Remarked:
    """Stands before `Page` among the bases of such a page."""

    names: ClassVar[re.Pattern[str]]
    reserved: ClassVar[Collection[str]] = ()
    """What would be a name and is none."""
    beside: ClassVar[str] = "remarks"
    """The field whose words stand beside the name."""

    @classmethod
    def is_item(cls, item: str) -> bool:
        """Whether one can have this name."""
        return cls.names.fullmatch(item) is not None and item not in cls.reserved

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """Name, and the words beside it."""
        del known
        return f"{item}  {getattr(values, cls.beside, '')}".strip() if isinstance(values, cls) else item
