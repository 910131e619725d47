"""Power over Ethernet: how the ports are, and switching them (D-CAM-10)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from recorder.api.context import CameraKeeper, TheControl
from recorder.client.answers import PoeSupply

router = APIRouter(prefix="/poe", tags=["poe"])
Name = Annotated[str, Path(max_length=64)]
Number = Annotated[int, Path(ge=1, le=64)]


class PortChange(BaseModel):
    """What to change of a port; what is left out stays. A limit of null is what class and mode allow."""

    enabled: bool | None = None
    priority: Literal["critical", "high", "low"] | None = None
    mode: Literal["auto", "af", "at", "bt", "long_reach"] | None = None
    limit_watts: Annotated[float, Field(ge=1, le=100)] | None = None


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


@router.post("/{supply}/ports/{port}/restart")
async def restart_port(control: TheControl, _caller: CameraKeeper, supply: Name, port: Number) -> PoeSupply:
    """Take a port's power away for two seconds: restarts a camera that hangs."""
    return await control.poe.restart(supply, port)
