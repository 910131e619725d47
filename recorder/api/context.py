"""What a route may ask for: the control plane, and the caller with the rights that the route needs."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from recorder.accounts.caller import Caller
from recorder.control.control import Control
from recorder.settings.scope import Permission
from recorder.settings.settings import Author


def control_of(connection: HTTPConnection) -> Control:
    """The control plane that this app serves."""
    return connection.app.state.control


def caller_of(connection: HTTPConnection) -> Caller:
    """The caller that the entrance has settled."""
    return connection.scope["caller"]


def with_right(permission: Permission) -> Callable[[HTTPConnection], Caller]:
    """Give the caller, if it has a right; raises `Refused`."""

    def found(connection: HTTPConnection) -> Caller:
        caller = caller_of(connection)
        caller.need(permission)
        return caller

    return found


def author(caller: Caller) -> Author:
    """How the caller is named in the audit."""
    return Author(caller.name or caller.role.value, f"{caller.door.value}:{caller.source}")


TheControl = Annotated[Control, Depends(control_of)]
AnyCaller = Annotated[Caller, Depends(caller_of)]
Viewer = Annotated[Caller, Depends(with_right(Permission.LIVE))]
Player = Annotated[Caller, Depends(with_right(Permission.PLAYBACK))]
Exporter = Annotated[Caller, Depends(with_right(Permission.BACKUP))]
StorageKeeper = Annotated[Caller, Depends(with_right(Permission.STORAGE))]
CameraKeeper = Annotated[Caller, Depends(with_right(Permission.CAMERA))]
PtzUser = Annotated[Caller, Depends(with_right(Permission.PTZ))]
AlarmUser = Annotated[Caller, Depends(with_right(Permission.ALARM))]
SystemKeeper = Annotated[Caller, Depends(with_right(Permission.SYSTEM))]
