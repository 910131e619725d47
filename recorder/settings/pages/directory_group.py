"""Groups of the system or a directory, and the groups of the recorder that they stand for (V-USR-07)."""

from typing import Any

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.pages.user_group import NAME
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable


class DirectoryGroup(
    Page,
    scope=Scope.LIST,
    area=Area.ACCOUNT,
    permission=Permission.ACCOUNT,
    order=430,
    removable=True,
    title=_("Directory groups"),
):
    """Who is in the system's group may what the recorder's group may; who is in several, what any of them may."""

    system_group: Printable = setting(
        shortest=1, longest=128, title=_("Group of the system or directory"), hint=_("As `id` writes it.")
    )
    group: Printable = setting(shortest=1, longest=32, title=_("Group of the recorder"), widget="item-of:user-group")

    @classmethod
    def is_item(cls, item: str) -> bool:
        """Whether an entry can have this name."""
        return NAME.fullmatch(item) is not None

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """Both groups."""
        del known
        return f"{values.system_group} → {values.group}" if isinstance(values, DirectoryGroup) else item
