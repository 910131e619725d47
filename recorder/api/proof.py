"""What only an administrator may who shows with his password once more that it is he who sits there."""

from pydantic import BaseModel, Field

from recorder.accounts.caller import Caller, Role
from recorder.api.context import author
from recorder.client.errors import Refused
from recorder.client.words import _
from recorder.control.control import Control
from recorder.settings.settings import Author


class Proof(BaseModel):
    """The caller's own password, which the command line does without."""

    password: str = Field("", max_length=1024, repr=False)


def administers(caller: Caller) -> None:
    """See that he may everything; raises `Refused`."""
    if not caller.administers:
        raise Refused(what=_("log in as administrator"))


def proved(control: Control, caller: Caller, proof: Proof) -> Author:
    """Give who it is, if he is an administrator and sits there himself; raises `Refused`, `WrongLogin`, `LockedOut`."""
    administers(caller)
    if caller.role is not Role.OWNER:
        control.accounts.passwords.check_settled(caller, proof.password)
    return author(caller)
