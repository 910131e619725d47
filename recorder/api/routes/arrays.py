"""Arrays of disks: made of bays, made ready, paced, compared, their disks changed, taken apart (D-STO-03, D-STO-04)."""

from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import Path
from pydantic import BaseModel, Field

from recorder.api.context import StorageKeeper, TheControl, author
from recorder.api.router import Router
from recorder.api.routes.bays import LONGEST_SERIAL, Volume
from recorder.client.answers import ArrayPlan, ArrayStatus, BayStatus
from recorder.control.array_work import NewArray, NewDisk, Use

router = Router(tags=["arrays"])
Name = Annotated[str, Path(max_length=64)]
LONGEST_ID = 40
MOST_DISKS = 32
Serial = Annotated[str, Field(max_length=LONGEST_SERIAL)]
Bay = Annotated[str, Field(max_length=64)]
Level = Literal["raid0", "raid1", "raid5", "raid6", "raid10"]
Bays = Annotated[list[Bay], Field(max_length=MOST_DISKS)]


class Create(BaseModel):
    """What an array is made of: bays, each with the serial number of its disk that was typed back from its label."""

    title: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")
    level: Level
    members: dict[Bay, Serial] = Field(max_length=MOST_DISKS)
    spares: dict[Bay, Serial] = Field(default={}, max_length=MOST_DISKS)


class Planned(BaseModel):
    """What an array could be made of: bays."""

    level: Level
    members: Bays
    spares: Bays = []


class Add(BaseModel):
    """A disk for an array: its bay, the serial number that was typed back, what it is for, and whom it replaces."""

    bay: Bay
    serial: Serial
    use: Use = Use.SPARE
    old: Bay = ""


class Remove(BaseModel):
    """The serial number of a disk, typed back from its label."""

    serial: Serial


class Typed(BaseModel):
    """The id of an array, typed back: at least its first eight digits."""

    id: str = Field(max_length=LONGEST_ID)


class Prepare(Volume, Typed):
    """What an array becomes; `id` is typed back."""


class Pace(BaseModel):
    """Who goes first while an array is rebuilt."""

    pace: Literal["adaptive", "sync_first", "recording_first", "balanced"]


@router.get("/arrays")
def arrays(control: TheControl, _caller: StorageKeeper) -> tuple[ArrayStatus, ...]:
    """The arrays of disks, with how far a rebuild is."""
    return control.array_work.arrays()


@router.post("/arrays", status_code=202)
async def create(wanted: Create, control: TheControl, caller: StorageKeeper) -> tuple[BayStatus, ...]:
    """Make an array of disks: ALL ON THEM IS LOST. Gives their bays, whose `job` says how far it is."""
    made = NewArray(wanted.title, wanted.level, wanted.members, wanted.spares)
    return await run_sync(control.array_work.create, made, author(caller))


@router.post("/arrays/plan")
def plan(wanted: Planned, control: TheControl, _caller: StorageKeeper) -> ArrayPlan:
    """Say what an array of these disks would be; nothing is done."""
    return control.array_work.plan(wanted.level, wanted.members, wanted.spares)


@router.patch("/arrays/{array}")
async def pace(array: Name, wanted: Pace, control: TheControl, _caller: StorageKeeper) -> ArrayStatus:
    """Say who goes first while an array is rebuilt."""
    return await run_sync(control.array_work.pace, array, wanted.pace)


@router.post("/arrays/{array}/verify")
async def verify(array: Name, control: TheControl, _caller: StorageKeeper) -> ArrayStatus:
    """Compare what the disks of an array hold."""
    return await run_sync(control.array_work.verify, array)


@router.post("/arrays/{array}/disks", status_code=202)
async def add(array: Name, wanted: Add, control: TheControl, caller: StorageKeeper) -> BayStatus:
    """Add a disk to an array: ALL ON IT IS LOST. Gives its bay, whose `job` says how far it is."""
    new = NewDisk(wanted.bay, wanted.serial, wanted.use, wanted.old)
    return await run_sync(control.array_work.add, array, new, author(caller))


@router.post("/arrays/{array}/disks/{bay}/remove", status_code=202)
async def remove(array: Name, bay: Name, typed: Remove, control: TheControl, caller: StorageKeeper) -> BayStatus:
    """Take a spare or failed disk out of an array. Gives its bay, whose `job` says how far it is."""
    return await run_sync(control.array_work.remove, array, bay, typed.serial, author(caller))


@router.post("/arrays/{array}/forget")
async def forget(array: Name, control: TheControl, caller: StorageKeeper) -> ArrayStatus:
    """Forget the disks of an array that were pulled."""
    return await run_sync(control.array_work.forget, array, author(caller))


@router.post("/arrays/{array}/prepare", status_code=202)
async def prepare(array: Name, wanted: Prepare, control: TheControl, caller: StorageKeeper) -> ArrayStatus:
    """Make an array ready for recording: ALL ON IT IS LOST. Its `job` says how far it is."""
    return await run_sync(control.array_work.prepare, array, wanted.id, wanted.wanted(), author(caller))


@router.post("/arrays/{array}/delete", status_code=202)
async def delete(array: Name, typed: Typed, control: TheControl, caller: StorageKeeper) -> ArrayStatus:
    """Take an array apart: ALL ON IT IS LOST. Its `job` says how far it is."""
    return await run_sync(control.array_work.delete, array, typed.id, author(caller))


@router.delete("/arrays/{array}/job")
async def cancel(array: Name, control: TheControl, _caller: StorageKeeper) -> ArrayStatus:
    """Give up what is done with an array."""
    return await run_sync(control.array_work.cancel, array)
