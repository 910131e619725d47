"""Outputs: alarm contacts and the switched 12 V, by hand (D-ALM-08, D-HW-10, D-HW-11)."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from recorder.api.context import AlarmUser, TheControl
from recorder.api.router import Router
from recorder.client.answers import Output

router = Router(prefix="/outputs", tags=["terminals"])
Name = Annotated[str, Path(max_length=64)]
SHORTEST_PULSE_S = 0.02
LONGEST_PULSE_S = 86_400.0
"""As the hardware layer has it: a small relay's contact moves in 20 ms; what stays longer than a day is switched."""


class Switch(BaseModel):
    """How an output shall be until told otherwise."""

    closed: bool


class Pulse(BaseModel):
    """How long an output is on."""

    seconds: Annotated[float, Field(ge=SHORTEST_PULSE_S, le=LONGEST_PULSE_S)]


@router.get("")
async def outputs(control: TheControl, _caller: AlarmUser) -> list[Output]:
    """The outputs in the order of the terminals; none where the board has none."""
    return await control.terminals.outputs()


@router.post("/reset")
async def reset(control: TheControl, _caller: AlarmUser) -> list[Output]:
    """Switch off all that are on but those that are set to be always on."""
    return await control.terminals.reset()


@router.patch("/{output}")
async def switch(output: Name, wanted: Switch, control: TheControl, _caller: AlarmUser) -> Output:
    """Switch an output until told otherwise, or on for as long as its settings say."""
    return await control.terminals.switch(output, closed=wanted.closed)


@router.post("/{output}/toggle")
async def toggle(output: Name, control: TheControl, _caller: AlarmUser) -> Output:
    """Switch an output the other way."""
    return await control.terminals.toggle(output)


@router.post("/{output}/pulse")
async def pulse(output: Name, wanted: Pulse, control: TheControl, _caller: AlarmUser) -> Output:
    """Switch an output on; it goes off after this time."""
    return await control.terminals.pulse(output, wanted.seconds)
