"""`python -m tests.image.figures [NAME...]`: what the image takes and how fast it is, measured."""

import argparse
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pygame

from gui.toolkit.theme import BACKGROUND
from tests.image.cameras import cameras as simulated
from tests.image.footage import film
from tests.image.machine import BUILT, SIZE, Recorder
from tests.image.test_screen import calm

CHANNELS = 16
STREAMS = (
    *("--main", "640x360", "--main-fps", "5", "--main-kbps", "400"),
    *("--sub", "320x180", "--sub-fps", "5", "--sub-kbps", "100"),
)
"""As many as a processor that is emulated can take: it does not keep up with sixteen of 4 Mbit/s."""
SETTLES_S = 60.0
"""After the last channel is recorded: rings are full, and each picture was asked for."""
LOOK_S = 0.2
MOST_S = 900.0
PSS = (
    "for unit in /sys/fs/cgroup/system.slice/nightjar-*.service; do for one in $(cat $unit/cgroup.procs); do"
    " echo $(basename $unit .service) $(awk '/^Pss:/ {print $2}' /proc/$one/smaps_rollup); done; done"
)


class Timed(Recorder):
    """A machine that looks at its monitor until the screen has drawn, before anybody logs in."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self.first_picture_s = 0.0

    def greet(self) -> None:
        """Look; power was on when QEMU answered first."""
        began = time.monotonic()
        while not drawn(self.picture()):
            assert time.monotonic() - began < MOST_S, self.explain()
            time.sleep(LOOK_S)
        self.first_picture_s = time.monotonic() - began
        super().greet()

    def picture(self) -> pygame.Surface:
        """What the monitor shows."""
        taken = self.place / "timed.ppm"
        self.qmp.command("screendump", filename=str(taken))
        return pygame.image.load(str(taken))


class Directly(Timed):
    """The kernel is started by QEMU itself, without firmware and boot loader."""

    def _command(self, code: Path, shell: int, qmp: int, serial: int) -> list[str]:
        words = super()._command(code, shell, qmp, serial)
        kept = [
            one
            for nth, one in enumerate(words)
            if not (one.startswith("if=pflash") or words[min(nth + 1, len(words) - 1)].startswith("if=pflash"))
        ]
        return [*kept, *kernel(self.place)]


def kernel(place: Path, more: str = "") -> list[str]:
    """Words for QEMU that start the kernel of the image, as its boot loader does."""
    slot = place / "slot"
    subprocess.run(["unsquashfs", "-q", "-n", "-f", "-d", slot, BUILT / "kernel.img"], check=True)
    told = re.search(r'words="(.*)"', (slot / "words.cfg").read_text())
    assert told
    words = f"{told[1]} rauc.slot=A {more}"
    return ["-kernel", f"{slot / 'vmlinuz'}", "-initrd", f"{slot / 'initrd'}", "-append", words]


def drawn(picture: pygame.Surface) -> bool:
    """Whether it is the screen's: its ground, and not what the boot loader shows."""
    return picture.get_size() == SIZE and tuple(picture.get_at((0, 0))[:3]) == BACKGROUND and not calm(picture)


def sizes() -> Iterator[str]:
    """What is built."""
    for name in ("disk.img", "system.img", "kernel.img", *(one.name for one in BUILT.glob("*.raucb"))):
        found = (BUILT / name).stat()
        yield f"{name}: {found.st_size / 1e6:.1f} MB, {found.st_blocks * 512 / 1e6:.1f} MB of it written"


def kernel_alone() -> Iterator[str]:
    """From power on to the moment at which the kernel looks for its first program, which is not there."""
    with tempfile.TemporaryDirectory(dir=BUILT, prefix="run.") as name:
        plain = ("-nodefaults", "-display", "none", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max")
        more = ("-smp", "2", "-m", "2560", "-no-reboot", "-device", "bochs-display")
        words = kernel(Path(name), "rdinit=/nothing root=/dev/none panic=-1")
        began = time.monotonic()
        subprocess.run(["qemu-system-x86_64", *plain, *more, *words], check=True, timeout=MOST_S)
        yield f"kernel alone: {time.monotonic() - began:.1f} s"


def first_picture(kind: type[Timed], words: str) -> Iterator[str]:
    """From power on to the first picture of the screen."""
    with tempfile.TemporaryDirectory(dir=BUILT, prefix="run.") as name, kind(Path(name)) as one:
        yield f"{words}: first picture after {one.first_picture_s:.1f} s"
        one.run("systemctl is-system-running --wait", check=False, timeout_s=MOST_S)
        yield one.run("systemd-analyze time; systemd-analyze critical-chain --no-pager", check=False).strip()
        for unit in one.run("systemctl list-units --no-legend --plain 'nightjar-*.service' | cut -d' ' -f1").split():
            told = one.run(f"systemctl show -p CPUUsageNSec,ActiveEnterTimestampMonotonic --value {unit}").split()
            yield f"{unit}: ready after {int(told[-1]) / 1e6:.1f} s, {int(told[0]) / 1e9:.1f} s of CPU"
        yield one.run("systemctl --failed --no-legend --plain; journalctl -b --no-pager -p warning -o cat | head -40")


def firmware() -> Iterator[str]:
    """Through firmware and boot loader."""
    return first_picture(Timed, "firmware and boot loader")


def direct() -> Iterator[str]:
    """Without them."""
    return first_picture(Directly, "kernel started directly")


def memory() -> Iterator[str]:
    """What the processes take with sixteen cameras on the wall and recorded, and the machine as a whole."""
    with (
        simulated("--cameras", str(CHANNELS), *STREAMS, "--prepare") as port,
        tempfile.TemporaryDirectory(dir=BUILT, prefix="run.") as name,
        Recorder(Path(name)) as one,
    ):
        one.until("status", "--json", wanted=bool)
        film(one, port, CHANNELS)
        time.sleep(SETTLES_S)
        taken: dict[str, int] = {}
        for line in one.run(PSS).splitlines():
            unit, kb = line.split()
            taken[unit] = taken.get(unit, 0) + int(kb)
        yield from (f"{unit}: {kb / 1024:.0f} MB" for unit, kb in sorted(taken.items()))
        yield f"all processes of the recorder: {sum(taken.values()) / 1024:.0f} MB (PSS)"
        yield one.run("grep -E 'MemTotal|MemAvailable|^Cached|Slab|Shmem:' /proc/meminfo").strip()
        yield one.nightjar("status").strip()


FIGURES = {one.__name__: one for one in (sizes, kernel_alone, direct, firmware, memory)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.image.figures", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *FIGURES], help="default: all")
    for name in parser.parse_args().names or FIGURES:
        for line in FIGURES[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main()
