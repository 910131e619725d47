"""The configuration as a whole: factory reset (D-MNT-12, D-MNT-13). All of it is the administrator's."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from recorder.accounts.caller import Caller, Role
from recorder.api.context import SystemKeeper, TheControl, author
from recorder.client.answers.configuration import Extent
from recorder.client.errors import Refused
from recorder.client.words import _
from recorder.control.control import Control
from recorder.settings.settings import Author

router = APIRouter(prefix="/configuration", tags=["configuration"])


class Proof(BaseModel):
    """The caller's own password, which the command line does without."""

    password: str = Field("", max_length=1024, repr=False)


class Reset(Proof):
    """How much goes."""

    extent: Extent


@router.post("/reset", status_code=202)
def reset(wanted: Reset, control: TheControl, caller: SystemKeeper) -> None:
    """Take settings away; the recorder's control, or after `everything` the machine, starts anew at once."""
    control.configuration.reset(wanted.extent, _proved(control, caller, wanted))


def _proved(control: Control, caller: Caller, proof: Proof) -> Author:
    """Give who it is, if he is an administrator and sits there himself; raises `Refused`, `WrongLogin`, `LockedOut`."""
    if not caller.administers:
        raise Refused(what=_("log in as administrator"))
    if caller.role is not Role.OWNER:
        control.accounts.passwords.check_settled(caller, proof.password)
    return author(caller)
