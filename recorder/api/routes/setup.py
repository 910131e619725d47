"""The first run: the administrator's password is set once, and until then there is nothing else to do (D-BOOT-03)."""

from dataclasses import replace

from fastapi import Response
from pydantic import BaseModel, Field

from recorder.api.context import AnyCaller, TheControl
from recorder.api.router import Router
from recorder.api.routes.sessions import answered
from recorder.client.answers import Session, SetupState

router = Router(prefix="/setup", tags=["setup"])


class SetUp(BaseModel):
    """The password, and over the network the code that was shown when the recorder started."""

    password: str = Field(description="8 to 128 printable characters")
    code: str = Field("", max_length=32)
    cookie: bool = Field(False, description="Keep the session in a cookie, as browsers do")


@router.get("")
def setup_state(control: TheControl, caller: AnyCaller) -> SetupState:
    """Whether the administrator's password is still to be set."""
    needed = control.accounts.first_run.is_due()
    return SetupState(needed, needed and not caller.door.is_local, control.updates.note.development)


@router.post("")
def set_up(wanted: SetUp, control: TheControl, caller: AnyCaller, response: Response) -> Session:
    """Set the administrator's password and log in; one-time codes for the day it is forgotten are told once."""
    token, login = control.accounts.first_run.set_up(wanted.password, wanted.code, caller.door, caller.source)
    found = answered(control, token, login, response, cookie=wanted.cookie)
    return replace(found, recovery_codes=control.accounts.recovery.codes.make(found.user))
