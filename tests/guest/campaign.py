"""`make cuts`: power cuts by the thousand, and a machine that is killed in the middle of its work again and again."""

import itertools
import random
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.guest import cuts
from tests.guest.cuts import Cut, Cutter, Film, Scene
from tests.guest.guest import Guest

PRESSED = Scene("pressed", mains=64, subs=0, seconds=80, drive_mb=90, disk_mb=72, block_kb=128)
"""Sixty-four cameras on a disk that they fill in 40 s: one sync serves all, and blocks are used again all the time."""
SCENES = {one.name: one for one in (cuts.LAPS, cuts.CROWD, PRESSED, cuts.LISTED)}
KILLED = Scene("killed", mains=16, subs=16, seconds=600, drive_mb=64, disk_mb=44, real_time=True)
"""Filmed with the writer's own thread and the system's clock, until somebody pulls the plug."""
KILLED_XFS = replace(KILLED, name="killedxfs", drive_mb=340, file_system="xfs")
KILLED_LISTED = replace(cuts.LISTED, name="killedlisted", mains=2, subs=2, seconds=600, sample=220_000, real_time=True)
"""Enough for open blocks to be listed in the first 10 s."""
KILLS = (KILLED, KILLED_XFS, KILLED_LISTED)


@dataclass
class Tally:
    """What became of the cuts of one kind."""

    name: str
    cuts: list[Cut] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Say it."""
        verdicts = [one.verdict for one in self.cuts]
        faulty = [one for one in self.cuts if one.verdict.faults]
        recovery = [one.recovery_s for one in verdicts]
        yield f"{self.name}: {len(self.cuts)} cuts, {len(faulty)} with faults"
        if not self.cuts:
            return
        lucks = Counter(one.luck for one in self.cuts)
        yield "  unflushed writes: " + ", ".join(f"{luck} ({count})" for luck, count in sorted(lucks.items()))
        stake = [one.at_stake for one in self.cuts]
        yield f"  writes at stake: median {statistics.median(stake):.0f}, most {max(stake)}"
        if listed := [one.listed for one in verdicts if one.listed]:
            risked = sum(bool(one.lists) for one in self.cuts)
            yield f"  open blocks were found by their lists in {len(listed)} cuts; in {risked} a list was at stake"
        promised, found = sum(one.promised for one in verdicts), sum(one.found for one in verdicts)
        yield f"  samples promised: {promised}, all of which must play; played: {found}"
        yield f"  recovery of the store: median {statistics.median(recovery):.2f} s, longest {max(recovery):.2f} s"
        for one in faulty[:20]:
            yield f"  FAULT behind entry {one.behind}, {one.luck}: {'; '.join(one.verdict.faults[:3])}"


def run(scenes: Sequence[str], replays: int, kills: int, seed: int, where: Path, out: Path | None) -> int:
    """Do all of it and write the summary; gives 1 where a promise was broken."""
    began = time.monotonic()
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where, prefix="run.") as name:
        place = Path(name)
        tallies: list[Tally] = []
        for one in itertools.chain(
            _replayed([SCENES[one] for one in scenes], replays, seed, place), _killed(kills, seed, place)
        ):
            tallies.append(one)
            print("\n".join(one.lines()), flush=True)
    lines = [
        f"seed {seed}; {time.monotonic() - began:.0f} s in all",
        *(line for one in tallies for line in one.lines()),
    ]
    print(lines[0], flush=True)
    if out is not None:
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return int(any(cut.verdict.faults for one in tallies for cut in one.cuts))


def _replayed(scenes: Sequence[Scene], count: int, seed: int, place: Path) -> Iterator[Tally]:
    if not count:
        return
    films: list[Film] = []
    with Guest.boot() as guest:
        for scene in scenes:
            films.append(cuts.shoot(guest, scene, place))
            print(f"filmed: {scene.name}", flush=True)
    for nth, taken in enumerate(films):
        tally = Tally(f"replays of {taken.scene.name} ({taken.scene.mains} main, {taken.scene.subs} sub streams)")
        share = count // len(films) + (nth < count % len(films))
        for cut in cuts.cut_many(taken, share, seed, place):
            tally.cuts.append(cut)
            if len(tally.cuts) % 50 == 0 or cut.verdict.faults:
                print(f"{taken.scene.name}: {len(tally.cuts)} of {share}  {cut.verdict.faults[:2] or ''}", flush=True)
        yield tally


def _killed(count: int, seed: int, place: Path) -> Iterator[Tally]:
    """Kill the machine while it films, boot it again, look at the drive, film anew."""
    if not count:
        return
    dice = random.Random(seed)
    tallies = {scene.name: Tally(f"kills of the machine, {scene.name}, {scene.file_system}") for scene in KILLS}
    bases: dict[str, Path] = {}
    left: tuple[Path, cuts.Case, Cut] | None = None
    for nth in range(count + 1):
        with Guest.boot() as guest:
            if left is not None:
                image, case, cut = left
                verdict = cuts.examine_in_guest(guest, image, case)
                tally = tallies[KILLS[(nth - 1) % len(KILLS)].name]
                tally.cuts.append(replace(cut, verdict=verdict))
                print(f"kill {nth}: {verdict}", flush=True)
            if nth < count:
                left = _kill_while_filming(guest, KILLS[nth % len(KILLS)], bases, dice, place)
    yield from tallies.values()


def _kill_while_filming(
    guest: Guest, scene: Scene, bases: dict[str, Path], dice: random.Random, place: Path
) -> tuple[Path, cuts.Case, Cut]:
    """Give the drive as the kill left it, what must be on it, and the cut."""
    if scene.name not in bases:
        drive = cuts.new_disk(guest, scene)
        bases[scene.name] = place / f"{scene.name}.base"
        shutil.move(drive.path, bases[scene.name])
    drive = guest.disk(scene.name, scene.drive_mb << 20, log=place / f"{scene.name}.log")
    shutil.copyfile(bases[scene.name], drive.path)
    device = drive.plug()
    guest.run(f"mkdir -p {cuts.MOUNTED} && mount -o noatime {device} {cuts.MOUNTED}")
    words = (*scene.words, "--promises", device)
    filming = guest.python("tests.guest.inside.film", f"{cuts.MOUNTED}/one", *words)
    filming.wait_for("at 10 s")
    time.sleep(dice.uniform(0, 8))
    guest.kill()
    cutter = Cutter(Film(scene, bases[scene.name], place / f"{scene.name}.log"), dice.randrange(1 << 30), place)
    behind = len(cutter.log.entries)
    image, cut = cutter.cut(behind)
    cutter.close()
    return image, cutter.case(behind), cut
