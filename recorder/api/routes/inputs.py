"""Alarm inputs: contacts that somebody else closes, and what programs tell (D-ALM-02, D-ALM-03, D-ALM-05).

Their edges come by the event stream.
"""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from recorder.api.context import AlarmUser, TheControl
from recorder.api.router import Router
from recorder.client.answers import AlarmInput

router = Router(prefix="/inputs", tags=["terminals"])


@router.get("")
async def inputs(control: TheControl, _caller: AlarmUser) -> list[AlarmInput]:
    """The alarm inputs in the order of the terminals; none where the board has none."""
    return await control.terminals.inputs()


class NetworkInput(BaseModel):
    """That an alarm begins or goes on, or that it is over; `words` say what it is about."""

    active: bool = True
    words: str = Field("", max_length=300)


@router.post("/network/{name}", status_code=204)
async def tell_network_input(
    name: Annotated[str, Path(max_length=32)], told: NetworkInput, control: TheControl, _caller: AlarmUser
) -> None:
    """Tell an alarm of a network input that its owner has named (pages `network-alarm`)."""
    control.desk.network.tell(name, told.words, active=told.active)
