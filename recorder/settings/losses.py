"""What is lost for good when a page is changed: footage, events and log entries that were to stay (D-RULE-12)."""

import math
from collections.abc import Sequence

from annotated_types import Ge

from recorder.settings.page import Page, field_title, lowering


def losses(before: Page, after: Page) -> Sequence[str]:
    """Say what goes, field by field; nothing where as much as before is kept, or more."""
    return [
        f"{field_title(type(after), name)}: {words}"
        for name, words in lowering(type(after)).items()
        if _kept(after, name) < _kept(before, name)
    ]


def _kept(page: Page, name: str) -> float:
    """How much a field keeps; 0 stands for no end where it is allowed."""
    value = getattr(page, name)
    endless = any(isinstance(one, Ge) and one.ge == 0 for one in type(page).model_fields[name].metadata)
    return value or (math.inf if endless else 0)
