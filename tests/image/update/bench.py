"""A recorder to try updates on: each start of the machine is a start of QEMU, on disks laid over others."""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from tests.guest.guest import GuestFailed
from tests.guest.shell import Failed
from tests.guest.stick import Stick
from tests.image.machine import BUILT, COMMAND, DATA, Recorder

WAIT_S = 1200.0
"""For what takes two minutes on an idle machine."""
STARTS = 12
"""More than any way back takes."""
FOOTAGE_BYTES = 2 << 30
LABEL = "KEYS"
FROZEN = "frozen"
ENDED = {"idle", "checked", "good", "refused", "failed", "rolled_back"}


class Bench(Recorder):
    """One machine. A restart of its own ends QEMU, which is switched on again: so all starts are counted."""

    def __init__(self, place: Path, base: Path | None = None) -> None:
        """`base` is a folder in which `keep` left disks: they are not written, what is new lies over them."""
        super().__init__(place)
        self.footage = place / "footage.disk"
        self.stick: Path | None = None
        self.clock = ""
        """What the machine's clock is set to at a start; empty: the time that is."""
        self._overlaid = base is not None
        self._thawing = False
        self.starts = 0
        if base is not None:
            for path in self.disks:
                path.unlink(missing_ok=True)
                kind = ("-F", "raw", "-b", base / path.name)
                subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *kind, path], check=True)
        elif not self.footage.exists():
            with self.footage.open("wb") as file:
                file.truncate(FOOTAGE_BYTES)

    @classmethod
    @contextlib.contextmanager
    def standing(cls, place: Path, base: Path | None) -> Generator["Bench"]:
        """Give one that is off, and switch it off at the end."""
        bench = cls(place, base)
        try:
            yield bench
        finally:
            bench.kill()

    def keep(self, base: Path) -> None:
        """Leave its disks, once it is off, as what other machines begin with."""
        base.mkdir(parents=True, exist_ok=True)
        kind = "qcow2" if self._overlaid else "raw"
        for path in self.disks:
            subprocess.run(["qemu-img", "convert", "-f", kind, "-O", "raw", path, base / path.name], check=True)

    @property
    def disks(self) -> tuple[Path, ...]:
        """What of it outlives a start, its firmware's variables too."""
        return self.system, self.footage, self.variables

    def freeze(self) -> None:
        """Keep the machine as it runs, memory and disks, and switch it off; `thaw` goes on there, often."""
        said = self.qmp.command("human-monitor-command", command_line=f"savevm {FROZEN}")
        assert not said.strip(), said
        self.kill()

    def thaw(self) -> None:
        """Go on where it was frozen."""
        self._thawing = True
        try:
            self.start()
        finally:
            self._thawing = False

    def greet(self) -> None:
        """Log in; who goes on is logged in."""
        if not self._thawing:
            super().greet()
            return
        self.shell.resume()
        threading.Thread(target=self._drain, args=(self.serial,), name="console", daemon=True).start()

    def _command(self, code: Path, shell: int, qmp: int, serial: int) -> list[str]:
        words = super()._command(code, shell, qmp, serial)
        kind = "qcow2" if self._overlaid else "raw"
        mine = ("id=system", str(self.variables))
        words = [
            one.replace("format=raw", f"format={kind}") if any(name in one for name in mine) else one for one in words
        ]
        if self._thawing:
            words += ["-loadvm", FROZEN]
        if self.clock:
            words[words.index("-rtc") + 1] = f"base={self.clock}"
        words += ["-action", "reboot=shutdown"]
        words += ["-drive", f"if=none,cache=unsafe,format={kind},id=footage,file={self.footage}"]
        words += ["-device", "scsi-hd,bus=bays.0,scsi-id=0,drive=footage,serial=NJ-footage,rotation_rate=7200"]
        if self.stick is not None:
            words += ["-drive", f"if=none,format=raw,readonly=on,id=stick,file={self.stick}"]
            words += ["-device", f"usb-storage,bus=usb.0,drive=stick,serial=NJ-{LABEL},removable=on"]
        return words

    def insert(self, *files: Path) -> None:
        """Have a stick in it at the next start, with these files in a folder."""
        size = sum(one.stat().st_size for one in files) >> 20
        stick = Stick(self, LABEL, size + 64)
        stick.format("vfat", table=False)
        subprocess.run(["mmd", "-i", stick.path, "::nightjar"], check=True)
        for one in files:
            subprocess.run(["mcopy", "-i", stick.path, one, f"::nightjar/{one.name}"], check=True)
        self.stick = stick.path

    def switch_on(self) -> int:
        """Start it until somebody can log in; gives how often it started."""
        for count in range(1, STARTS + 1):
            self.starts += 1
            try:
                self.start()
            except GuestFailed as error:
                if "QEMU ended" not in str(error):
                    raise
                self.keep_console()
            else:
                return count
        raise Failed(f"it started {STARTS} times and never came up\n{self.explain()}")

    def keep_console(self) -> None:
        """What the machine said in this start goes behind what it said before."""
        with (self.place / "consoles").open("ab") as file:
            file.write(self.console)

    def await_restart(self, timeout_s: float = WAIT_S) -> None:
        """Wait until the machine starts anew by itself; it is off then."""
        assert self._qemu is not None
        try:
            self._qemu.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise Failed(f"it did not start anew within {timeout_s:.0f} s\n{self.told()}") from None
        self.kill()

    @property
    def off(self) -> bool:
        """Whether the machine went down by itself."""
        return self._qemu is None or self._qemu.poll() is not None

    def ask(self, *words: str, timeout_s: float = WAIT_S) -> tuple[int, str]:
        """Run the recorder's command line; gives its status and what it said."""
        started = self.shell.start("python3", "-c", COMMAND, *words, NIGHTJAR_DATA=DATA)
        return started.wait(timeout_s), started.output

    def told(self) -> dict[str, Any]:
        """How the update stands; empty while nobody answers."""
        status, said = self.ask("update", "show", "--json")
        try:
            return json.loads(said) if not status else {}
        except ValueError:
            return {}

    def stands(self, wanted: Callable[[dict[str, Any]], object], timeout_s: float = WAIT_S) -> dict[str, Any]:
        """Wait until the update stands as is wanted."""
        end = time.monotonic() + timeout_s
        while True:
            told = self.told()
            if told and wanted(told):
                return told
            if time.monotonic() > end:
                raise Failed(f"not within {timeout_s:.0f} s; last: {told}\n{self.why()}")
            time.sleep(1.0)

    def why(self) -> str:
        """What its log says, for the words of a failure."""
        units = " ".join(f"-u {one}" for one in ("nightjar-control", "nightjar-hal", "nightjar-hal-admin", "rauc"))
        return self.run(f"journalctl -b --no-pager -o short-monotonic {units} -n 60", check=False)

    @property
    def slot(self) -> str:
        """Which slot runs."""
        return self.run("cat /proc/cmdline").split("rauc.slot=")[1][0]

    @property
    def environment(self) -> dict[str, str]:
        """The boot loader's words."""
        lines = self.run("cat /boot/env/grubenv").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def recording(self, count: int) -> None:
        """Wait until so many channels are recorded now."""
        end = time.monotonic() + WAIT_S
        while True:
            status, said = self.ask("status", "--json")
            streams = json.loads(said)["streams"] if not status else ()
            if len({one["channel"] for one in streams if one["recording"]}) >= count:
                return
            if time.monotonic() > end:
                raise Failed(f"not {count} channels are recorded: {said[-2000:]}\n{self.why()}")
            time.sleep(1.0)

    def picture(self, name: str) -> Path:
        """Keep what the monitor shows."""
        path = BUILT / f"update-{name}.png"
        self.qmp.raw("screendump", {"filename": str(path), "format": "png"})
        return path

    def check(self, bundle: Path) -> dict[str, Any]:
        """Have a file of the stick copied and checked."""
        found = self.stands(lambda told: any(bundle.name in one["name"] for one in told["found"]))["found"]
        wanted = next(one["id"] for one in found if bundle.name in one["name"])
        self.ask("update", "stick", wanted)
        return self.stands(lambda told: not told["busy"])

    def install(self) -> None:
        """Agree to what is to be agreed to; the machine will start anew."""
        status, said = self.ask("update", "install", "now", "--yes")
        assert status == 0, said

    def judged(self) -> dict[str, Any]:
        """Let the machine start as often as it wants to, until the update has ended."""
        end = time.monotonic() + 3 * WAIT_S
        while True:
            if self.off:
                self.kill()
                self.switch_on()
            try:
                told = self.told()
            except Failed:  # it went down meanwhile
                if not self.off:
                    raise
                continue
            if told and told["phase"] in ENDED:
                return told
            if time.monotonic() > end:
                raise Failed(f"no end: {told}\n{self.why()}")
            time.sleep(2.0)
