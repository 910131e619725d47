"""Power cuts: film in the guest onto a drive whose writes are logged, then cut the power behind any of them.

The filming is the real store on a real file system of a real kernel. The cuts are made on the host from the log, by the
hundred; file system and store recover by themselves, and everything that was promised before must play, bit for bit.
"""

import itertools
import json
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from recorder.store import chunk_list
from tests.guest.disk import Disk
from tests.guest.guest import Guest
from tests.guest.inside.promise import ROOM, Promise
from tests.guest.inside.verdict import Case, Verdict, judge
from tests.guest.write_log import Luck, Platter, WriteLog

RECOVERY_S = 10.0
FILM_S = 1800.0
"""A scene takes 20 to 60 s to film where little else is done, and took more than 600 s beside a load of 15."""
MOUNTED = "/mnt/film"


@dataclass(frozen=True)
class Scene:
    """What is filmed, and on which drive."""

    name: str
    mains: int
    subs: int
    seconds: int
    drive_mb: int
    disk_mb: int
    block_kb: int = 256
    sample: int = 2000
    """Bytes of a picture; a key frame has three times as many."""
    file_system: str = "ext4"
    syncs: bool = True
    real_time: bool = False
    laps_s: int = 0
    """From this second on every block had been written to its end twice; 0 where nobody asks."""

    @property
    def words(self) -> list[str]:
        """The scene as words for `film`."""
        return [
            *("--mains", str(self.mains), "--subs", str(self.subs)),
            *("--sample", str(self.sample), "--seconds", str(self.seconds)),
            *([] if self.syncs else ["--never-sync"]),
            *(["--real-time"] if self.real_time else []),
        ]


CROWD = Scene("crowd", mains=64, subs=64, seconds=12, drive_mb=120, disk_mb=104)
"""Sixty-four cameras on the first lap, where every file needs a sync of its own."""
LAPS = Scene("laps", mains=3, subs=3, seconds=150, drive_mb=12, disk_mb=4, block_kb=128)
"""Few cameras on a small disk: blocks are used again, and the halves of the catalog take turns."""
FORGETFUL = Scene("forgetful", mains=3, subs=3, seconds=8, drive_mb=24, disk_mb=16, syncs=False)
"""A writer that does not sync: it must be found out."""
LISTED = Scene(
    "listed",
    mains=3,
    subs=3,
    seconds=270,
    drive_mb=310,
    disk_mb=260,
    block_kb=chunk_list.LEAST_BLOCK >> 10,
    sample=60_000,
    laps_s=220,
)
"""Open blocks that keep lists of their chunks, as on every real disk; each is listed once in a lap."""
XFS = Scene("xfs", mains=3, subs=3, seconds=40, drive_mb=330, disk_mb=16, block_kb=128, file_system="xfs")
"""The other file system; 300 MB is the least it takes."""


@dataclass(frozen=True)
class Film:
    """A scene that was filmed: the drive before, and everything that was written to it since."""

    scene: Scene
    base: Path
    log: Path
    commits: int = 0
    """Of ext4's journal since `laps_s`, and the seconds that this took the machine."""
    real_s: float = 0.0


@dataclass(frozen=True)
class Cut:
    """One power cut, and how it went."""

    behind: int
    """How many entries of the log came before it."""
    luck: Luck
    at_stake: int
    """Writes that had not been flushed."""
    lists: int
    """Those of them that hold the list of an open block."""
    verdict: Verdict


_numbers = itertools.count(1)


def new_disk(guest: Guest, scene: Scene) -> Disk:
    """Give a drive, out of its bay, with a file system and an empty recording disk."""
    drive = guest.disk(f"{scene.name}{next(_numbers)}", scene.drive_mb << 20)
    device = drive.plug()
    size_kb = ((scene.drive_mb << 20) - ROOM) >> 10
    if scene.file_system == "ext4":
        # Nothing is left for the kernel to do lazily: the log should hold what the store causes.
        lazy = "lazy_itable_init=0,lazy_journal_init=0"
        guest.run(f"mkfs.ext4 -q -b 4096 -E {lazy} -m 0 {device} {size_kb}k")
    else:
        guest.run(f"mkfs.xfs -q -f -d size={size_kb}k {device}")
    guest.run(f"mkdir -p {MOUNTED} && mount {device} {MOUNTED} && mkdir {MOUNTED}/one")
    sizes = ("--size-mb", str(scene.disk_mb), "--block-kb", str(scene.block_kb))
    guest.python("tests.guest.inside.film", f"{MOUNTED}/one", *sizes).wait_for("done")
    guest.run(f"umount {MOUNTED}")
    drive.pull()
    return drive


def shoot(guest: Guest, scene: Scene, place: Path) -> Film:
    """Film a scene, and pull the drive before anything is closed."""
    drive = new_disk(guest, scene)
    base, log = place / f"{drive.name}.base", place / f"{drive.name}.log"
    shutil.copyfile(drive.path, base)
    drive.log = log
    device = drive.plug()
    guest.run(f"mount -o noatime {device} {MOUNTED}")
    words = (*scene.words, "--promises", device, "--state", f"/tmp/{drive.name}")
    filming = guest.python("tests.guest.inside.film", f"{MOUNTED}/one", *words)
    before = (0, 0.0)
    if scene.laps_s:
        filming.wait_for(f"at {scene.laps_s} s", FILM_S)
        before = _journal(guest, device)
    filming.wait_for("done", FILM_S)
    after = _journal(guest, device) if scene.laps_s else before
    drive.pull()
    guest.run(f"umount -l {MOUNTED}")
    drive.path.unlink()
    return Film(scene, base, log, after[0] - before[0], after[1] - before[1])


def _journal(guest: Guest, device: str) -> tuple[int, float]:
    """Give how often ext4 has written the drive's journal, and the machine's seconds since its start."""
    told = guest.run(f"cat /proc/uptime /proc/fs/jbd2/{device.removeprefix('/dev/')}-8/info").splitlines()
    return int(told[1].split()[0]), float(told[0].split()[0])


class Cutter:
    """Cuts the power at places of a film. Ask for places in ascending order."""

    def __init__(self, taken: Film, seed: int, place: Path) -> None:
        self.film, self.log, self._place = taken, WriteLog(taken.log), place
        self._dice = random.Random(seed)
        self._platter = Platter(taken.base, self.log, place / f"{taken.base.stem}.durable")
        border = (taken.scene.drive_mb << 20) - ROOM
        self.promises: list[tuple[int, Promise]] = []
        for nth, entry in enumerate(self.log.entries):
            if entry.at >= border and entry.size:
                promise = Promise.parse(self.log.data(entry))
                assert promise is not None, f"entry {nth} is no promise"
                self.promises.append((nth, promise))
        self._lists = {nth for nth, one in enumerate(self.log.entries) if chunk_list.MAGIC in self.log.data(one)}

    def places(self, count: int) -> list[int]:
        """Choose where to cut: anywhere since filming began; half of them where blocks were listed, if any were."""
        every = range(max(self.promises[0][0] - 40, 1), len(self.log.entries) + 1)
        near = {one for nth in self._lists for one in range(nth - 1, nth + 6) if one in every}
        chosen = self._dice.sample(sorted(near), min(count // 2, len(near)))
        others = [one for one in every if one not in set(chosen)]
        return sorted(chosen + self._dice.sample(others, min(count - len(chosen), len(others))))

    def case(self, behind: int) -> Case:
        """Say what must be so after a cut behind so many entries."""
        before = next((one for nth, one in reversed(self.promises) if nth < behind), None)
        after = next((one for nth, one in self.promises if nth >= behind), None)
        scene = self.film.scene
        return Case(scene.mains, scene.subs, scene.sample, before, after, self.promises[-1][1])

    def cut(self, behind: int) -> tuple[Path, Cut]:
        """Give an image of the drive after a cut, for the caller to delete, and the cut, not judged yet."""
        luck = self._dice.choice(list(Luck))
        image = self._place / f"{self.film.base.stem}.{behind}.cut"
        at_stake = self._platter.cut(behind, luck, self._dice, image)
        lists = sum(chunk_list.MAGIC in self.log.data(one) for one in at_stake)
        return image, Cut(behind, luck, len(at_stake), lists, Verdict())

    def close(self) -> None:
        """Give the space back."""
        self._platter.discard()


def cut_many(taken: Film, count: int, seed: int, place: Path, rounds: int = 1) -> Iterator[Cut]:
    """Cut the power `count` times at random, `rounds` times over with other luck; recovery runs on the host (ext4)."""
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers) as pool:
        for nth in range(rounds):
            cutter = Cutter(taken, seed + nth, place)
            asked: list[tuple[Cut, Future[Verdict]]] = []
            for behind in cutter.places(count):
                image, cut = cutter.cut(behind)
                asked.append((cut, pool.submit(examine, image, cutter.case(behind))))
                if len(asked) > 2 * workers:
                    yield _done(*asked.pop(0))
            yield from (_done(*one) for one in asked)
            cutter.close()


def all_kept(done: list[Cut]) -> None:
    """Assert that every promise was kept, and that the cuts were worth it: much was promised, much was at stake."""
    assert [(one.behind, one.luck, one.verdict.faults) for one in done if one.verdict.faults] == []
    assert sum(one.verdict.promised for one in done) > 100 * len(done)
    assert sum(bool(one.at_stake) for one in done) > len(done) // 2
    assert max(one.verdict.recovery_s for one in done) < RECOVERY_S


def _done(cut: Cut, future: Future[Verdict]) -> Cut:
    return replace(cut, verdict=future.result())


def examine(image: Path, case: Case) -> Verdict:
    """Recover what a power cut left, on the host: the file system by its journal alone, then the store."""
    with tempfile.TemporaryDirectory(dir=image.parent) as name:
        disks, state = Path(name) / "disks", Path(name) / "state"
        disks.mkdir()
        state.mkdir()
        # The journal is replayed as a mount would; after that nothing may need mending.
        _tool("e2fsck", "-E", "journal_only", "-p", image, allowed=(0, 1))
        sound = _tool("e2fsck", "-fn", image, allowed=(0, 4))
        _tool("debugfs", "-R", f"rdump /one {disks}", image)
        image.unlink()
        verdict = judge(disks, state, case)
        if sound.returncode:
            verdict.faults.append(f"the file system is not sound: {sound.stdout[-300:]}")
        return verdict


def _tool(*words: str | Path, allowed: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(list(map(str, words)), check=False, capture_output=True, text=True)
    assert done.returncode in allowed, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def examine_in_guest(guest: Guest, image: Path, case: Case) -> Verdict:
    """Recover what a power cut left as a recorder does: the drive is plugged in, mounted, and the store started."""
    drive = guest.disk(f"cut{next(_numbers)}", image.stat().st_size, path=image)
    device = drive.plug()
    guest.run(f"mkdir -p {MOUNTED} && mount {device} {MOUNTED}")
    guest.shell.write("/tmp/case.json", case.pack())
    told = guest.run("python3", "-m", "tests.guest.inside.verdict", MOUNTED, "/tmp/case.json")
    guest.run(f"umount {MOUNTED}")
    drive.discard()
    line = next(one for one in told.splitlines() if one.startswith("VERDICT "))
    return Verdict(**json.loads(line.removeprefix("VERDICT ")))
