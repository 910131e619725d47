"""Pins that the kernel's gpio-sim plays in the guest: pulled, and looked at past the drivers."""

import re
from collections.abc import Sequence
from typing import Self

from tests.guest.guest import Guest

CONFIG = "/sys/kernel/config/gpio-sim/terminals"
HOLDER = "the-modem"
BOUNCE = """
import itertools, sys, time
with open(sys.argv[1], "w") as pull:
    for word in itertools.islice(itertools.cycle(sys.argv[2:]), 41):
        pull.seek(0)
        pull.write(word)
        pull.flush()
        time.sleep(0.02)
"""
"""As a contact does: 41 edges, with pauses that the kernel hears them in."""


class Pins:
    """The chip, from its own side. `with Pins(guest, ("IN1", "OUT1")) as pins:` has it for the block."""

    def __init__(self, guest: Guest, names: Sequence[str], taken: str = "") -> None:
        """`taken` is held by the kernel, for `HOLDER`."""
        self._guest, self._names = guest, names
        guest.run("modprobe gpio-sim; mountpoint -q /sys/kernel/config || mount -t configfs config /sys/kernel/config")
        named = "".join(
            f"mkdir {CONFIG}/bank/line{n}; echo {name} > {CONFIG}/bank/line{n}/name;" for n, name in enumerate(names)
        )
        self._hog = f"{CONFIG}/bank/line{names.index(taken)}/hog" if taken else ""
        if self._hog:
            named += f"mkdir {self._hog}; echo {HOLDER} > {self._hog}/name; echo output-low > {self._hog}/direction;"
        bank = f"mkdir -p {CONFIG}/bank; echo {len(names)} > {CONFIG}/bank/num_lines"
        guest.run(f"set -e; {bank}; {named} echo 1 > {CONFIG}/live")
        device, self._chip = guest.run(f"cat {CONFIG}/dev_name {CONFIG}/bank/chip_name").split()
        self._folder = f"/sys/devices/platform/{device}/{self._chip}"
        guest.run("mountpoint -q /sys/kernel/debug || mount -t debugfs debug /sys/kernel/debug")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        folders = f"{self._hog} {CONFIG}/bank/line* {CONFIG}/bank {CONFIG}"
        self._guest.run(f"echo 0 > {CONFIG}/live; rmdir {folders}; modprobe -r gpio-sim")

    def _place(self, name: str) -> str:
        return f"{self._folder}/sim_gpio{self._names.index(name)}"

    def pull(self, name: str, *levels: bool) -> None:
        """Pull a pin up (True) or down, one after the other."""
        words = ["pull-up" if level else "pull-down" for level in levels]
        self._guest.run("; ".join(f"echo {word} > {self._place(name)}/pull" for word in words))

    def bounce(self, name: str, *, level: bool, times: int = 1) -> None:
        """Bounce towards a level."""
        words = ["pull-up", "pull-down"] if level else ["pull-down", "pull-up"]
        for _time in range(times):
            self._guest.run("python3", "-c", BOUNCE, f"{self._place(name)}/pull", *words)

    def level(self, name: str) -> bool:
        """Say whether a pin is high."""
        return self._guest.run(f"cat {self._place(name)}/value").strip() == "1"

    def held(self) -> dict[str, tuple[str, str]]:
        """Give what the kernel says of lines that are held, by name: who holds them, and direction, level and flags."""
        told = self._guest.run("cat /sys/kernel/debug/gpio")
        found = re.findall(r"\((\S+)\s*\|(\S+)\s*\) (.*)", told)
        return {name: (holder, " ".join(rest.split())) for name, holder, rest in found}

    def number(self, name: str) -> int:
        """Give the pin's number in the kernel's trace."""
        told = self._guest.run("cat /sys/kernel/debug/gpio")
        first = re.search(rf"{self._chip}: GPIOs (\d+)-", told)
        assert first is not None, told
        return int(first[1]) + self._names.index(name)
