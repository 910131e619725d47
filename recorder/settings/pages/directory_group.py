"""Which groups of the system or a directory stand for a group of the recorder (V-USR-07)."""

from collections.abc import Mapping

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.pages.user_group import NAME, STANDING
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable


class DirectoryGroup(
    Page,
    scope=Scope.LIST,
    area=Area.SYSTEM,
    permission=Permission.ACCOUNT,
    order=430,
    title=_("Directory groups"),
):
    """One for each group of the recorder. Who is in several may what any of them may."""

    system_groups: Printable = setting(
        "",
        longest=1000,
        title=_("Groups of the system or directory"),
        hint=_("As `id` writes them, with commas between. Who is in one of them may what this group may."),
    )

    @property
    def names(self) -> frozenset[str]:
        """The groups of the system or directory."""
        return frozenset(one.strip() for one in self.system_groups.split(",") if one.strip())

    @classmethod
    def standing_items(cls) -> Mapping[str, str]:
        """The groups that are always there; control offers the others."""
        return STANDING

    @classmethod
    def is_item(cls, item: str) -> bool:
        """Whether a group can have this name."""
        return NAME.fullmatch(item) is not None
