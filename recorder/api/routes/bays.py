"""Bays: how the disks are, and what is done with them (D-STO-02, D-STO-07, D-HW-14)."""

from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import Path
from pydantic import BaseModel, Field

from recorder.api.context import StorageKeeper, TheControl, author
from recorder.api.router import Router
from recorder.client.answers import BayStatus, DiskPlace, Storage
from recorder.control.prepare_disk import Wanted

router = Router(tags=["bays"])
Name = Annotated[str, Path(max_length=64)]
LONGEST_SERIAL = 64
LARGEST_BYTES = 1 << 60


class Light(BaseModel):
    """Whether the light of a bay shows which one it is."""

    on: bool


class Test(BaseModel):
    """Two minutes, or with `extended` the whole surface, which takes hours."""

    extended: bool = False


class Volume(BaseModel):
    """What a disk or an array becomes: how it is called and made. `size_bytes` 0 takes all there is."""

    name: str = Field("", max_length=12)
    filesystem: Literal["xfs", "ext4"] = "xfs"
    size_bytes: int = Field(0, ge=0, le=LARGEST_BYTES)

    def wanted(self) -> Wanted:
        """Give it as control takes it."""
        return Wanted(self.name, self.filesystem, self.size_bytes)


class Prepare(Volume):
    """What a disk becomes; `serial` is typed back from its label."""

    serial: str = Field(max_length=LONGEST_SERIAL)


class NewBay(BaseModel):
    """What a bay is called, and the place for a disk that it is: a `path` of `/disk-places`."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]{0,15}$")
    path: str = Field(max_length=128)


@router.get("/disk-places")
async def places(control: TheControl, _caller: StorageKeeper) -> tuple[DiskPlace, ...]:
    """The places for disks that the machine has, with what sits there and the bays that they are."""
    return await control.additions.places()


@router.post("/bays", status_code=201)
async def add_bay(new: NewBay, control: TheControl, caller: StorageKeeper) -> tuple[DiskPlace, ...]:
    """Say that a place for a disk is a bay."""
    return await control.additions.add_bay(new.name, new.path, author(caller))


@router.delete("/bays/{bay}")
async def remove_bay(bay: Name, control: TheControl, caller: StorageKeeper) -> tuple[DiskPlace, ...]:
    """Take back that a place is a bay; the disk there stays as it is."""
    return await control.additions.remove_bay(bay, author(caller))


@router.get("/bays")
def bays(control: TheControl, _caller: StorageKeeper) -> tuple[BayStatus, ...]:
    """The bays with their disks; none where the board has no bays."""
    return control.bay_work.bays()


@router.post("/bays/{bay}/locate")
async def locate(bay: Name, light: Light, control: TheControl, _caller: StorageKeeper) -> BayStatus:
    """Have the light of a bay show which one it is."""
    return await run_sync(lambda: control.bay_work.locate(bay, on=light.on))


@router.post("/bays/{bay}/scan")
async def scan(bay: Name, control: TheControl, _caller: StorageKeeper) -> BayStatus:
    """Look whether there is a disk, also one that was let go."""
    return await run_sync(control.bay_work.scan, bay)


@router.post("/bays/{bay}/check")
async def check(bay: Name, control: TheControl, _caller: StorageKeeper) -> BayStatus:
    """Ask the drive how it is, waking it."""
    return await run_sync(control.bay_work.check, bay)


@router.post("/bays/{bay}/test")
async def test(bay: Name, wanted: Test, control: TheControl, _caller: StorageKeeper) -> BayStatus:
    """Begin a self-test of the drive; recording goes on."""
    return await run_sync(lambda: control.bay_work.test(bay, extended=wanted.extended))


@router.delete("/bays/{bay}/test")
async def stop_test(bay: Name, control: TheControl, _caller: StorageKeeper) -> BayStatus:
    """Give up a self-test."""
    return await run_sync(control.bay_work.stop_test, bay)


@router.post("/bays/{bay}/prepare", status_code=202)
async def prepare(bay: Name, wanted: Prepare, control: TheControl, caller: StorageKeeper) -> BayStatus:
    """Make a disk ready for recording: ALL ON IT IS LOST. `job` of the bay says how far it is."""
    return await run_sync(control.bay_work.prepare, bay, wanted.serial, wanted.wanted(), author(caller))


@router.post("/bays/{bay}/release", status_code=202)
async def release(bay: Name, control: TheControl, caller: StorageKeeper) -> BayStatus:
    """Let go of a disk so that it can be pulled. `job` of the bay says how far it is."""
    return await run_sync(control.bay_work.release, bay, author(caller))


@router.delete("/bays/{bay}/job")
async def cancel(bay: Name, control: TheControl, _caller: StorageKeeper) -> BayStatus:
    """Give up what is done with a disk."""
    return await run_sync(control.bay_work.cancel, bay)


@router.get("/storage")
def storage(control: TheControl, _caller: StorageKeeper) -> Storage:
    """All that is recorded to, in words: bays, arrays, disks elsewhere, pools."""
    return control.storage()
