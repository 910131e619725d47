"""Alarm boxes by Modbus: their inputs and outputs stand beside the recorder's own (D-ALM-04)."""

from typing import Annotated, Literal, Self

from fastapi import Path
from pydantic import BaseModel, Field, model_validator

from recorder.api.context import SystemKeeper, TheControl, author
from recorder.api.router import Router
from recorder.control.additions import NewBox

router = Router(prefix="/boxes", tags=["terminals"])
Name = Annotated[str, Path(max_length=16)]
MOST_INPUTS, MOST_OUTPUTS = 64, 32
"""As the hardware layer has it."""


class Box(BaseModel):
    """An alarm box: name, where it is, and how many inputs and relays of it are used, counted from its first.

    It is in the network (`host`, `port`) or at a serial line (`line`, `baud`, `parity`, `stop_bits`).
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]{0,15}$")
    host: str = Field("", pattern=r"^([A-Za-z0-9][A-Za-z0-9.-]{0,252})?$")
    port: int = Field(502, ge=1, le=65535)
    unit: int = Field(1, ge=1, le=255)
    inputs: int = Field(8, ge=0, le=MOST_INPUTS)
    outputs: int = Field(0, ge=0, le=MOST_OUTPUTS)
    line: str = Field("", pattern=r"^(tty[A-Za-z0-9]{1,16})?$")
    baud: int = Field(9600, ge=300, le=921_600)
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1

    @model_validator(mode="after")
    def is_in_one_place(self) -> Self:
        """Refuse a box that is nowhere, or in two places."""
        if bool(self.host) is bool(self.line):
            raise ValueError("A box is in the network or at a serial line: say one of host and line.")
        return self


@router.post("", status_code=204)
async def add_box(control: TheControl, caller: SystemKeeper, box: Box) -> None:
    """Have its inputs and outputs. It must answer now; else nothing is kept."""
    await control.additions.add_box(NewBox(**box.model_dump()), author(caller))


@router.delete("/{box}", status_code=204)
async def remove_box(control: TheControl, caller: SystemKeeper, box: Name) -> None:
    """Have them no more; its relays go off."""
    await control.additions.remove_box(box, author(caller))
