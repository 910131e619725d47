"""Arrays by mdadm(8): make, delete, grow, spares for one array or for all, pace, verifying (D-STO-03, D-STO-04)."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Annotated

import msgspec
from msgspec import Meta

from hal.admin.guard import Guard
from hal.admin.job import ProgramFailed, Run, job, must, run
from hal.errors import BadRequest, Refused
from hal.kernel.block import BlockDisk
from hal.kernel.md import SHARING, MdArray, MdMember, array_named, arrays, sharing
from hal.kinds.array import FEWEST, Level, Pace
from hal.kinds.verbs import verb

Title = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}\Z")]
Stripe = Annotated[int, Meta(ge=64, le=1024)]
MOST_MEMBERS = 32
"""As many as the reference allows (V-RAID-02)."""
LEAST_TYPED = 8
PATIENCE_S = 120.0
SPEEDS: dict[Pace, tuple[str, str]] = {
    Pace.ADAPTIVE: ("system", "system"),
    Pace.SYNC_FIRST: ("200000", "1000000"),
    Pace.RECORDING_FIRST: ("1000", "20000"),
    Pace.BALANCED: ("20000", "80000"),
}
"""Least and most KiB a second of each disk (md(4), sync_speed_min and sync_speed_max)."""


class NewMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A disk that becomes part of an array, with the serial number that its owner typed back."""

    disk: str
    serial: str


class Arrays:
    """What can be asked of arrays."""

    def __init__(self, guard: Guard, run: Run = run) -> None:
        self._guard = guard
        self._run = run

    @verb(destructive=True, patience_s=PATIENCE_S)
    def create(
        self,
        *,
        title: Title,
        level: Level,
        members: tuple[NewMember, ...],
        spares: tuple[NewMember, ...] = (),
        stripe_kib: Stripe = 512,
    ) -> str:
        """Make an array of disks whose contents are lost; gives the kernel's name of it. Raises `Refused`."""
        fewest = FEWEST[level]
        if not fewest <= len(members) <= MOST_MEMBERS or (level is Level.RAID1 and len(members) != fewest):
            wanted = "exactly 2" if level is Level.RAID1 else f"{fewest} to {MOST_MEMBERS}"
            raise BadRequest(f"{level} takes {wanted} disks, not {len(members)}")
        if spares and level is Level.RAID0:
            raise BadRequest("raid0 cannot use a spare: with one disk all is lost")
        if any(one.title == title for one in arrays(self._guard.machine)):
            raise BadRequest(f"There is an array {title} already")
        with self._claimed([*members, *spares]) as disks:
            nodes = [self._guard.node(one) for one in disks]
            job().tell(0, f"{title}: old contents are forgotten")
            must(self._run, ["wipefs", "--all", "--quiet", *nodes])
            device = f"/dev/md/{title}"
            argv = ["mdadm", "--create", device, "--run", "--metadata=1.2", "--homehost=any", f"--name={title}"]
            argv += [f"--level={level.removeprefix('raid')}", f"--raid-devices={len(members)}"]
            argv += [f"--spare-devices={len(spares)}"] if spares else []
            argv += [] if level is Level.RAID1 else [f"--chunk={stripe_kib}"]
            argv += [] if level is Level.RAID0 else ["--bitmap=internal"]
            job().tell(20, f"{title}: the array is made")
            must(self._run, [*argv, *nodes], patience_s=PATIENCE_S)
            found = next(
                (one for one in arrays(self._guard.machine) if {d.name for d in disks} <= set(one.disks)), None
            )
            if found is None:
                raise ProgramFailed(f"The array {title} did not appear")
            # Of an array that the same disks were before, the new one would show the contents.
            whole = self._guard.node(self._guard.volume(found.name))
            self._run(["wipefs", "--all", "--quiet", whole], b"", PATIENCE_S)
            self._run(["blockdev", "--rereadpt", whole], b"", PATIENCE_S)
            self._share(found, shared=not spares)
            return found.name

    @verb(destructive=True, patience_s=PATIENCE_S)
    def delete(self, *, array: str, uuid: str) -> None:
        """Take an array apart; all on it is lost. `uuid` are at least its first eight digits, typed back."""
        found = self._expendable(array, uuid)
        nodes = [self._guard.node(disk) for disk in self._there(found)]
        must(self._run, ["mdadm", "--stop", self._node(found)], patience_s=PATIENCE_S)
        for node in nodes:
            must(self._run, ["mdadm", "--zero-superblock", node])
        self._share(found, shared=False)

    @verb(destructive=True, patience_s=PATIENCE_S)
    def grow(self, *, array: str, disk: str, serial: str) -> None:
        """Add a disk and spread the data over it too; goes on by itself, also after a restart (V-RAID-10)."""
        found = self._find(array)
        if found.level not in {Level.RAID5, Level.RAID6, Level.RAID10}:
            raise Refused(f"{found.level} does not grow by a disk")
        if found.missing or found.action not in {"idle", "frozen"}:
            raise Refused(f"{array} is not whole or at work; it grows afterwards")
        with self._claimed([NewMember(disk, serial)]) as (one,):
            must(self._run, ["mdadm", "--manage", self._node(found), "--add", self._guard.node(one)])
            wanted = f"--raid-devices={found.wanted + 1}"
            must(self._run, ["mdadm", "--grow", self._node(found), wanted], patience_s=PATIENCE_S)

    @verb(destructive=True, patience_s=PATIENCE_S)
    def spare(self, *, array: str, disk: str, serial: str, shared: bool = False) -> None:
        """Keep a disk ready: for this array alone, or with `shared` for every array that shares (D-STO-04)."""
        found = self._find(array)
        if found.level is Level.RAID0:
            raise Refused("raid0 cannot use a spare: with one disk all is lost")
        with self._claimed([NewMember(disk, serial)]) as (one,):
            must(self._run, ["wipefs", "--all", "--quiet", self._guard.node(one)])
            must(self._run, ["mdadm", "--manage", self._node(found), "--add", self._guard.node(one)])
            self._share(found, shared=shared)

    @verb(patience_s=PATIENCE_S)
    def lend(self, *, array: str) -> str:
        """Give an array that lacks a disk the spare of another one that shares (D-STO-04); gives the disk's name.

        Raises `Refused` where none is needed, or none can be had; then all is as it was.
        """
        shared = sharing(self._guard.machine)
        wanting = self._find(array)
        if wanting.uuid not in shared or not wanting.missing or any(one.is_spare for one in wanting.members):
            raise Refused(f"{array} needs no spare of another array")
        for lender in arrays(self._guard.machine):
            if lender.name == array or lender.uuid not in shared or lender.missing:
                continue
            for spare in (one for one in lender.members if one.is_spare and not one.gone):
                if self._move(spare.disk, lender, wanting):
                    return spare.disk
        raise Refused(f"No array that shares has a spare that is large enough for {array}")

    def _move(self, disk: str, lender: MdArray, wanting: MdArray) -> bool:
        """Move a spare; where the other array does not take it, it goes back."""
        node = self._guard.node(self._guard.find(disk))
        must(self._run, ["mdadm", "--manage", self._node(lender), "--remove", node])
        if not self._run(["mdadm", "--manage", self._node(wanting), "--add", node], b"", PATIENCE_S).status:
            return True
        must(self._run, ["mdadm", "--manage", self._node(lender), "--add", node])
        return False

    @verb(destructive=True, patience_s=PATIENCE_S)
    def replace(self, *, array: str, old: str, disk: str, serial: str) -> None:
        """Copy an active disk to another one, which then stands in its place; the old one is given up after that.

        The array lacks no disk meanwhile (mdadm(8), --replace).
        """
        found = self._find(array)
        if found.level is Level.RAID0:
            raise Refused("raid0 has no second copy, so no disk of it is replaced")
        if not self._member(found, old).is_active:
            raise Refused(f"{old} holds no data of {array} that could be copied")
        if found.missing or found.action not in {"idle", "frozen"}:
            raise Refused(f"{array} is not whole or at work; a disk is replaced afterwards")
        with self._claimed([NewMember(disk, serial)]) as (one,):
            fresh, node = self._guard.node(one), self._node(found)
            must(self._run, ["wipefs", "--all", "--quiet", fresh])
            must(self._run, ["mdadm", "--manage", node, "--add", fresh])
            copied = self._guard.node(self._guard.find(old))
            must(self._run, ["mdadm", "--manage", node, "--replace", copied, "--with", fresh])

    @verb(destructive=True, patience_s=PATIENCE_S)
    def remove(self, *, array: str, disk: str, serial: str) -> None:
        """Take a spare or failed disk out of an array, and forget that it was part of it; never an active one."""
        found = self._find(array)
        member = self._member(found, disk)
        if self._guard.find(disk).serial != serial:
            raise BadRequest(f"{array} has no disk {disk[:32]!r} of this serial number")
        if not member.is_spare and not member.is_faulty:
            raise Refused(f"{disk} holds data of {array}; make another disk its spare first")
        node = self._guard.node(self._guard.find(disk))
        must(self._run, ["mdadm", "--manage", self._node(found), "--remove", node])
        # One that failed may take no more writes; it is out all the same.
        forgotten = self._run(["mdadm", "--zero-superblock", node], b"", PATIENCE_S)
        if forgotten.status and not member.is_faulty:
            raise ProgramFailed(f"{disk} is out of {array}, and cannot be written: {forgotten.complaint}")

    @verb(patience_s=PATIENCE_S)
    def forget(self, *, array: str) -> None:
        """Forget the disks of an array that were pulled; those that are there stay as they are."""
        found = self._find(array)
        if not any(one.gone for one in found.members):
            raise Refused(f"All disks of {array} are there")
        must(self._run, ["mdadm", "--manage", self._node(found), "--fail", "detached", "--remove", "detached"])

    @verb()
    def set_pace(self, *, array: str, pace: Pace) -> None:
        """Say who goes first while an array is rebuilt (D-STO-03.1)."""
        found = self._find(array)
        least, most = SPEEDS[pace]
        (found.md_path / "sync_speed_min").write_text(least)
        (found.md_path / "sync_speed_max").write_text(most)

    @verb()
    def verify(self, *, array: str) -> None:
        """Compare what the disks hold (V-RAID-09)."""
        found = self._find(array)
        if found.level is Level.RAID0:
            raise Refused(f"{array} has no second copy to compare with")
        if found.missing or found.action != "idle":
            raise Refused(f"{array} is not whole or at work; it is verified afterwards")
        (found.md_path / "sync_action").write_text("check")

    def _find(self, array: str) -> MdArray:
        return array_named(self._guard.machine, array)

    @staticmethod
    def _member(array: MdArray, disk: str) -> MdMember:
        member = next((one for one in array.members if one.disk == disk and not one.gone), None)
        if member is None:
            raise BadRequest(f"{array.name} has no disk {disk[:32]!r}")
        return member

    def _node(self, array: MdArray) -> str:
        return str(self._guard.machine.dev / array.name)

    def _expendable(self, array: str, uuid: str) -> MdArray:
        found = self._find(array)
        typed = uuid.lower().replace("-", "").replace(":", "")
        if len(typed) < LEAST_TYPED or not found.uuid.replace("-", "").startswith(typed):
            raise Refused(f"{uuid[:40]!r} is not the id of {array}")
        for one in self._there(found):
            if one.system or one.mounts:
                raise Refused(f"{array} is in use at {one.mounts[0] if one.mounts else 'the system'}")
        return found

    def _there(self, array: MdArray) -> list[BlockDisk]:
        """Its disks; one that was pulled may still be named by md."""
        there = {one.disk for one in array.members if not one.gone}
        return [one for one in self._guard.all() if one.name in there]

    @contextmanager
    def _claimed(self, wanted: Sequence[NewMember]) -> Generator[list[BlockDisk]]:
        if len({one.disk for one in wanted}) != len(wanted):
            raise BadRequest("A disk was named twice")
        disks = [self._guard.expendable(one.disk, one.serial) for one in wanted]
        with ExitStack() as held:
            for one in disks:
                held.enter_context(self._guard.alone(one))
            yield disks

    def _share(self, array: MdArray, *, shared: bool) -> None:
        """Note whether an array lends its spares, and is lent others'."""
        path = self._guard.machine.etc / SHARING
        known = sharing(self._guard.machine) - {array.uuid}
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text("".join(f"{one}\n" for one in sorted(known | {array.uuid} if shared else known)))
        fresh.chmod(0o644)
        fresh.replace(path)
