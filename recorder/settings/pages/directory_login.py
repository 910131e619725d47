"""Logins of the system and of a directory, by PAM (V-USR-07)."""

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope


class DirectoryLogin(
    Page,
    scope=Scope.SYSTEM,
    area=Area.SYSTEM,
    permission=Permission.ACCOUNT,
    order=420,
    title=_("Directory logins"),
):
    """Whether PAM is asked about users that the recorder does not have. Only administrators change it."""

    enabled: bool = setting(
        False,
        title=_("Let users of the system or a directory log in"),
        hint=_("Those whose system group stands under Directory groups. A user of the recorder is never one of them."),
    )
