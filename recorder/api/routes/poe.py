"""Power over Ethernet: how the ports are, switching them, and switches in the network (D-CAM-10, V-INT-07)."""

from typing import Annotated, Literal, Self

from fastapi import Path
from pydantic import BaseModel, Field, model_validator

from recorder.api.context import CameraKeeper, SystemKeeper, TheControl, author
from recorder.api.router import Router
from recorder.client.answers import PoeSupply
from recorder.client.words import _
from recorder.control.additions import NewSwitch
from recorder.control.poe import SwitchLogin

router = Router(prefix="/poe", tags=["poe"])
Name = Annotated[str, Path(max_length=64)]
Number = Annotated[int, Path(ge=1, le=64)]
LONGEST_WORD = 128
MOST_PORTS = 64
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


class Switch(Login):
    """A switch in the network: name, address, login, and what of it is used. Without `ports` those are all it has."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]{0,15}$")
    host: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$")
    udp_port: int = Field(161, ge=1, le=65535)
    ports: list[Annotated[int, Field(ge=1, le=65535)]] = Field(default=[], max_length=MOST_PORTS)
    watts: Annotated[float, Field(gt=0, le=10000)] | None = None
    """What it can give; null is what it says itself."""


@router.get("")
async def poe(control: TheControl, _caller: CameraKeeper) -> list[PoeSupply]:
    """The supplies with their ports; none where the board has no PoE."""
    return await control.poe.supplies()


@router.post("", status_code=201)
async def add_switch(control: TheControl, caller: SystemKeeper, switch: Switch) -> list[PoeSupply]:
    """Have the ports of a switch in the network driven. It must answer now; else nothing is kept."""
    login = SwitchLogin(switch.user, switch.auth_key, switch.privacy_key, switch.community)
    new = NewSwitch(switch.name, switch.host, login, switch.udp_port, tuple(switch.ports), switch.watts)
    await control.additions.add_switch(new, author(caller))
    return await control.poe.supplies()


@router.delete("/{supply}")
async def remove_switch(control: TheControl, caller: SystemKeeper, supply: Name) -> list[PoeSupply]:
    """Drive a switch no more that was added; its ports stay as they are."""
    await control.additions.remove_switch(supply, author(caller))
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
