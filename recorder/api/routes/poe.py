"""Power over Ethernet: how the ports are, and switching them (D-CAM-10)."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, model_validator

from recorder.api.context import CameraKeeper, SystemKeeper, TheControl, author
from recorder.client.answers import PoeSupply
from recorder.client.words import _
from recorder.control.poe import SwitchLogin

router = APIRouter(prefix="/poe", tags=["poe"])
Name = Annotated[str, Path(max_length=64)]
Number = Annotated[int, Path(ge=1, le=64)]
LONGEST_WORD = 128
Word = Annotated[str, Field(max_length=LONGEST_WORD)]
SHORTEST_KEY = 8
"""Of SNMP version 3 (RFC 3414 section 11.2)."""


class PortChange(BaseModel):
    """What to change of a port; what is left out stays. A limit of null is what class and mode allow."""

    enabled: bool | None = None
    priority: Literal["critical", "high", "low"] | None = None
    mode: Literal["auto", "af", "at", "bt", "long_reach"] | None = None
    limit_watts: Annotated[float, Field(ge=1, le=100)] | None = None


class Login(BaseModel):
    """With `user` SNMP version 3 is spoken, else version 2c."""

    user: Word = ""
    auth_key: Word = ""
    privacy_key: Word = ""
    community: Word = ""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if bool(self.user) is bool(self.community):
            raise ValueError(_("Give a user with its passwords, or a community."))
        if self.privacy_key and not self.auth_key:
            raise ValueError(_("A key of the encryption needs a password too."))
        if any(0 < len(key) < SHORTEST_KEY for key in (self.auth_key, self.privacy_key)):
            raise ValueError(_("Password and key of version 3 have at least eight characters."))
        return self


@router.get("")
async def poe(control: TheControl, _caller: CameraKeeper) -> list[PoeSupply]:
    """The supplies with their ports; none where the board has no PoE."""
    return await control.poe.supplies()


@router.patch("/{supply}/ports/{port}")
async def change_port(
    control: TheControl, _caller: CameraKeeper, supply: Name, port: Number, change: PortChange
) -> PoeSupply:
    """Switch a port on or off, set its priority, mode and limit."""
    wanted = change.model_dump(exclude_unset=True)
    wanted = {field: value for field, value in wanted.items() if value is not None or field == "limit_watts"}
    return await control.poe.change(supply, port, wanted)


@router.put("/{supply}/login")
async def log_in(control: TheControl, caller: SystemKeeper, supply: Name, login: Login) -> PoeSupply:
    """Give the password of a switch in the network: it is kept sealed, and nobody reads it back."""
    return await control.poe.log_in(supply, SwitchLogin(**login.model_dump()), author(caller))


@router.post("/{supply}/ports/{port}/restart")
async def restart_port(control: TheControl, _caller: CameraKeeper, supply: Name, port: Number) -> PoeSupply:
    """Take a port's power away for two seconds: restarts a camera that hangs."""
    return await control.poe.restart(supply, port)
