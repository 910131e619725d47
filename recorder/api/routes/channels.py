"""Channels: list, add, change, remove (D-CAM-03, D-CAM-04)."""

from typing import Annotated, Any

from fastapi import Body, Header, Path

from recorder.accounts.caller import Caller
from recorder.api.context import CameraKeeper, TheControl, Viewer, author
from recorder.api.documents import body_schema, revision_of
from recorder.api.router import Router
from recorder.client import answers
from recorder.control.channels import MOST_CHANNELS
from recorder.control.control import Control
from recorder.control.planner import channel_name
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.record_mode import RecordMode
from recorder.settings.scope import PER_CHANNEL, Permission
from recorder.settings.settings import Stored

router = Router(prefix="/channels", tags=["channels"])
Number = Annotated[int, Path(ge=1, le=MOST_CHANNELS)]
Values = Annotated[dict[str, Any], Body()]


@router.get("")
def channels(control: TheControl, caller: Viewer) -> list[answers.Channel]:
    """All channels that the caller sees, by number."""
    found = control.channels.all()
    return [answer(control, caller, number, one) for number, one in found.items() if caller.sees(number)]


@router.post("", status_code=201, openapi_extra=body_schema(Channel, number=True))
def add_channel(values: Values, control: TheControl, caller: CameraKeeper) -> answers.Channel:
    """Add a camera by the addresses of its streams. User and password may stand in the address; they are taken out."""
    given = dict(values)
    number = given.pop("number", None)
    chosen, stored = control.channels.add(given, author(caller), whole_number(number))
    return answer(control, caller, chosen, stored)


@router.get("/{channel}")
def channel(channel: Number, control: TheControl, caller: Viewer) -> answers.Channel:
    """One channel with the state of its streams."""
    return answer(control, caller, channel, control.channels.get(channel))


@router.patch("/{channel}", openapi_extra=body_schema(Channel))
def change_channel(
    channel: Number,
    values: Values,
    control: TheControl,
    caller: CameraKeeper,
    if_match: Annotated[str | None, Header()] = None,
) -> answers.Channel:
    """Change fields of a channel; the others stay."""
    stored = control.channels.change(channel, values, author(caller), revision_of(if_match))
    return answer(control, caller, channel, stored)


@router.delete("/{channel}", status_code=204)
def remove_channel(channel: Number, control: TheControl, caller: CameraKeeper) -> None:
    """Remove a channel with its settings. Its footage stays until it is overwritten."""
    control.channels.remove(channel, author(caller))


def whole_number(value: Any) -> int | None:
    """Read the wished number of a channel; what is no whole number is out of range."""
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:9])
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def answer(control: Control, caller: Caller, number: int, stored: Stored[Channel]) -> answers.Channel:
    """Tell of a channel; addresses and user only to those who may change them."""
    values = stored.values
    keeper = caller.may(Permission.CAMERA)
    media = control.media.status
    return answers.Channel(
        number=number,
        name=channel_name(number, values),
        enabled=values.enabled,
        url=values.url if keeper else "",
        sub_url=values.sub_url if keeper else "",
        user=values.user if keeper else "",
        password_set=bool(values.password),
        transport=values.transport.value,
        wall_stream=values.shown_stream,
        mode=control.settings.get(RecordMode, str(number)).mode.value,
        revision=stored.revision,
        streams=tuple(one for one in media.streams if one.channel == number) if media else (),
        may=tuple(one.value for one in PER_CHANNEL if caller.may_on(one, number)),
    )
