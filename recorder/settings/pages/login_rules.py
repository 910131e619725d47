"""How logins are guarded: wrong tries, the age of passwords, ways back in (D-SEC-06, D-ACC-08, D-MNT-14)."""

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope


class LoginRules(
    Page, scope=Scope.SYSTEM, area=Area.ACCOUNT, permission=Permission.ACCOUNT, order=420, title=_("Logins")
):
    """Wrong tries and waiting, how long a password lasts, and which ways lead back in."""

    tries: int = setting(
        5, ge=3, le=30, title=_("Wrong passwords"), hint=_("From one place over the network, before it must wait.")
    )
    lock_s: int = setting(
        30, ge=30, le=900, title=_("First wait"), unit="s", hint=_("Doubled with every further try, up to 15 min.")
    )
    password_days: int = setting(
        0,
        ge=0,
        le=3650,
        title=_("Passwords last"),
        unit=_("days"),
        hint=_("Who logs in with an older one chooses another. 0 is for ever."),
    )
    questions: bool = setting(
        True,
        title=_("Questions let back in"),
        hint=_("At the recorder's own screen, for users who have chosen three. One-time codes always do."),
    )
    reset_key: bool = setting(
        True,
        title=_("Reset key lets back in"),
        hint=_("Held for 5 s while the recorder runs, an administrator's password may be set anew at its own screen."),
    )
    recovery_stick: bool = setting(
        True,
        title=_("Recovery stick lets back in"),
        hint=_("While it is in, an administrator's password may be set anew at the recorder's own screen, once."),
    )
    stick_made: str = setting("", title=_("Recovery stick"), told=True)
