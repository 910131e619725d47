"""Of which weaknesses the owner wants no warning: he knows of them, and has his reasons (D-SEC-01)."""

from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, create_model

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope


class Weakness(StrEnum):
    """What may be weak; the names of the cards of the security page."""

    SECOND_FACTOR = "second-factor"
    PASSWORDS = "passwords"
    LOCK_OUTS = "lock-outs"
    LOGINS = "logins"
    LISTENING = "listening"
    SCREEN = "screen"
    CAMERA_LOGINS = "camera-logins"
    CAMERAS = "cameras"
    WAYS = "ways"
    FOOTAGE = "footage"


LABELS = {
    Weakness.SECOND_FACTOR: _("Second factor"),
    Weakness.PASSWORDS: _("Passwords"),
    Weakness.LOCK_OUTS: _("Wrong tries"),
    Weakness.LOGINS: _("Last logins"),
    Weakness.LISTENING: _("Open to the network"),
    Weakness.SCREEN: _("The local screen"),
    Weakness.CAMERA_LOGINS: _("Logins at cameras"),
    Weakness.CAMERAS: _("Ways to cameras"),
    Weakness.WAYS: _("What is sent away"),
    Weakness.FOOTAGE: _("Footage on disks"),
}


PREFIX = "warn_"

if TYPE_CHECKING:

    class _Warnings(BaseModel):
        """A switch for each."""

else:
    _Warnings = create_model(
        "_Warnings",
        **{
            PREFIX + one.value.replace("-", "_"): (bool, setting(True, title=words, group=_("What is warned of")))
            for one, words in LABELS.items()
        },
    )


class SecurityAdvice(
    _Warnings,
    Page,
    scope=Scope.SYSTEM,
    area=Area.ACCOUNT,
    permission=Permission.ACCOUNT,
    order=430,
    title=_("Security advice"),
):
    """Of what the security page warns; what is switched off stands there all the same."""

    @property
    def accepted(self) -> frozenset[Weakness]:
        """Of what no warning is wanted."""
        return frozenset(one for one in Weakness if not getattr(self, field_of(one), True))


def field_of(weakness: str) -> str:
    """Give the name of the switch of a card."""
    return PREFIX + weakness.replace("-", "_")
