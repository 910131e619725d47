"""The first run: the administrator's password is set once, and until then there is nothing else to do (D-BOOT-03)."""

from dataclasses import replace

from fastapi import Response
from pydantic import BaseModel, Field

from recorder.accounts.errors import AlreadySetUp
from recorder.api.context import AnyCaller, TheControl
from recorder.api.router import Router
from recorder.api.routes.sessions import answered
from recorder.client.answers import Session, SetupState
from recorder.client.answers.configuration import SetupBackup
from recorder.configuration.sealed import WrongConfigurationPassword
from recorder.control.control import Control

RESTORE = "restoring of settings"
"""Under this name, which no account can have, wrong passwords of backups are counted."""
router = Router(prefix="/setup", tags=["setup"])


class SetUp(BaseModel):
    """The password, and over the network the code that was shown when the recorder started."""

    password: str = Field(description="8 to 128 printable characters")
    code: str = Field("", max_length=32)
    cookie: bool = Field(False, description="Keep the session in a cookie, as browsers do")


class Code(BaseModel):
    """Over the network the code that was shown when the recorder started."""

    code: str = Field("", max_length=32, repr=False)


class Restore(Code):
    """A backup of a disk, and an administrator of it with his password."""

    id: str = Field(pattern="^[0-9a-f]{32}$")
    user: str = Field(max_length=64)
    password: str = Field(max_length=1024, repr=False)


@router.get("")
def setup_state(control: TheControl, caller: AnyCaller) -> SetupState:
    """Whether the administrator's password is still to be set."""
    needed = control.accounts.first_run.is_due()
    backups = control.configuration.found.all if needed and caller.door.is_local else ()
    return SetupState(needed, needed and not caller.door.is_local, control.updates.note.development, backups)


@router.post("")
def set_up(wanted: SetUp, control: TheControl, caller: AnyCaller, response: Response) -> Session:
    """Set the administrator's password and log in; one-time codes for the day it is forgotten are told once."""
    token, login = control.accounts.first_run.set_up(wanted.password, wanted.code, caller.door, caller.source)
    found = answered(control, token, login, response, cookie=wanted.cookie)
    return replace(found, recovery_codes=control.accounts.recovery.codes.make(found.user))


@router.post("/backups")
def backups(wanted: Code, control: TheControl, caller: AnyCaller) -> list[SetupBackup]:
    """The settings of recorders that the disks carry, over the network for who knows the set-up code."""
    _due(control)
    control.accounts.first_run.check_code(wanted.code, caller.door, caller.source)
    return list(control.configuration.found.all)


@router.post("/restore", status_code=202)
def restore(wanted: Restore, control: TheControl, caller: AnyCaller) -> None:
    """Bring them back, with the password of an administrator of then; control, or the machine, starts anew at once."""
    _due(control)
    control.accounts.first_run.check_code(wanted.code, caller.door, caller.source)
    with control.accounts.lockout.counted(RESTORE, caller.source, WrongConfigurationPassword):
        place = f"{caller.door.value}:{caller.source}"
        control.configuration.restore(wanted.id, wanted.user, wanted.password, place)


def _due(control: Control) -> None:
    if not control.accounts.first_run.is_due():
        raise AlreadySetUp
