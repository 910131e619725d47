"""What pages share whose items get their names, and words beside them, from their owner: users, and sounds."""

import re
from collections.abc import Collection
from typing import Any, ClassVar


class Remarked:
    """Stands before `Page` among the bases of such a page, which has a field `remarks`."""

    names: ClassVar[re.Pattern[str]]
    reserved: ClassVar[Collection[str]] = ()
    """What would be a name and is none."""

    @classmethod
    def is_item(cls, item: str) -> bool:
        """Whether one can have this name."""
        return cls.names.fullmatch(item) is not None and item not in cls.reserved

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """Name and remarks."""
        del known
        return f"{item}  {getattr(values, 'remarks', '')}".strip() if isinstance(values, cls) else item
