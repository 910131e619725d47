"""How safe the recorder is: what is open, weak, left as it came, or sent in clear (D-SEC-01)."""

from recorder.api.context import AccountKeeper, TheControl
from recorder.api.router import Router
from recorder.client.answers import Security
from recorder.client.errors import Refused
from recorder.client.words import _
from recorder.settings.rights import FULL

router = Router(prefix="/security", tags=["status"])


@router.get("")
def security(control: TheControl, caller: AccountKeeper) -> Security:
    """A card for each thing, what is weak first. Only for who may everything: it names what to attack."""
    if not caller.rights.cover(FULL):
        raise Refused(what=_("only an administrator sees what is weak"))
    return control.security.look(caller.name)
