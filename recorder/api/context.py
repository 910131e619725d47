"""What a route may ask for: the control plane, and the caller with the rights that the route needs."""

import re
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from recorder.accounts.caller import Caller, Door
from recorder.client.errors import Invalid, NotFound
from recorder.client.words import _
from recorder.control.control import Control
from recorder.settings.rights import MOST_CHANNELS
from recorder.settings.scope import Permission
from recorder.settings.settings import Author


def control_of(connection: HTTPConnection) -> Control:
    """The control plane that this app serves."""
    return connection.app.state.control


def caller_of(connection: HTTPConnection) -> Caller:
    """The caller that the entrance has settled."""
    return connection.scope["caller"]


def caller_again(connection: HTTPConnection) -> Caller | None:
    """The same caller as he stands now; None where he is let in no more."""
    return connection.scope["again"](caller_of(connection))


class WithRight:
    """Gives the caller, if he has a right: on the channel of the path, where there is one (A1).

    Raises `Refused`, and `NotFound` for a channel that he must not know of.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(self, connection: HTTPConnection) -> Caller:
        """Give the caller."""
        caller = caller_of(connection)
        channel = connection.path_params.get("channel")
        if channel is None:
            caller.need(self.permission)
            return caller
        # As it is asked for here it must be read by the route: "+2", "002" and "2.0" would be channel 2 there.
        if not re.fullmatch(r"[1-9][0-9]{0,2}", str(channel)) or int(channel) > MOST_CHANNELS:
            caller.need(self.permission)
            raise Invalid(problem=_("A channel is a number from 1 to {most}.").format(most=MOST_CHANNELS))
        caller.need_on(self.permission, int(channel))
        return caller


def with_right(permission: Permission) -> Callable[[HTTPConnection], Caller]:
    """Give what a route depends on to get a caller who has a right."""
    return WithRight(permission)


def author(caller: Caller) -> Author:
    """How the caller is named in the audit."""
    return Author(caller.name or caller.role.value, f"{caller.door.value}:{caller.source}", caller.rights)


def need_screen(caller: Caller) -> None:
    """Raise `NotFound` unless the caller stands before the recorder: over the network there is no such thing."""
    if caller.door is not Door.SCREEN:
        raise NotFound(what=_("way in like this, but at the recorder's screen"))


def himself(connection: HTTPConnection) -> Caller:
    """Give a caller who is logged in himself; raises `NotFound` for programs, the command line, and nobody."""
    caller = caller_of(connection)
    if not caller.token_hash:
        raise NotFound(what=_("user who is logged in here"))
    return caller


TheControl = Annotated[Control, Depends(control_of)]
AnyCaller = Annotated[Caller, Depends(caller_of)]
Himself = Annotated[Caller, Depends(himself)]
Viewer = Annotated[Caller, Depends(with_right(Permission.LIVE))]
Player = Annotated[Caller, Depends(with_right(Permission.PLAYBACK))]
Exporter = Annotated[Caller, Depends(with_right(Permission.BACKUP))]
StorageKeeper = Annotated[Caller, Depends(with_right(Permission.STORAGE))]
CameraKeeper = Annotated[Caller, Depends(with_right(Permission.CAMERA))]
PtzUser = Annotated[Caller, Depends(with_right(Permission.PTZ))]
AlarmUser = Annotated[Caller, Depends(with_right(Permission.ALARM))]
SystemKeeper = Annotated[Caller, Depends(with_right(Permission.SYSTEM))]
AccountKeeper = Annotated[Caller, Depends(with_right(Permission.ACCOUNT))]
Auditor = Annotated[Caller, Depends(with_right(Permission.LOG))]
PowerUser = Annotated[Caller, Depends(with_right(Permission.POWER))]
