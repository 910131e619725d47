"""A recorder to try updates on: each start of the machine is a start of QEMU, and it may begin where it was frozen."""

import contextlib
import hashlib
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from buildroot_external.twin import made_of
from tests.guest.guest import GuestFailed
from tests.guest.shell import Failed
from tests.guest.stick import Stick
from tests.image.machine import BUILT, COMMAND, DATA, DISK_MB, FIRMWARE, PORT, VARIABLES, Recorder

WAIT_S = 1200.0
"""For what takes two minutes on an idle machine."""
STARTS = 12
"""More than any way back takes."""
FOOTAGE_BYTES = 2 << 30
LABEL = "KEYS"
FREEZE_S = 600.0
GONE_S = 30.0
"""After a machine was asked something and did not answer, so long it may take until it is seen to be off."""
WENT_DOWN = ("QEMU ended", "QEMU is gone", "the guest is gone")
"""Who says so depends on who looked first."""
ENDED = {"idle", "checked", "good", "refused", "failed", "rolled_back"}


class Laps:
    """Says how long each part of something took, for the suite's log."""

    def __init__(self) -> None:
        self._last_s = time.monotonic()

    def lap(self, part: str) -> None:
        """Say how long it took since the last part."""
        now_s = time.monotonic()
        print(f"{part} took {now_s - self._last_s:.0f} s")
        self._last_s = now_s


class Bench(Recorder):
    """One machine. A restart of its own ends QEMU, which is switched on again: so all starts are counted."""

    def __init__(self, place: Path) -> None:
        self.footage = place / "footage.disk"
        super().__init__(place)
        self.starts = 0
        self._plugged: Stick | None = None
        self._thawed = ""

    def make_disks(self) -> None:
        """They are made by `make_new`, or kept."""

    def make_new(self) -> None:
        """Have disks as in the factory, that remember what they were when it was frozen."""
        for one in self.place.iterdir():
            one.unlink()
        kind = ("qemu-img", "create", "-q", "-f", "qcow2")
        below = ("-F", "raw", "-b")
        subprocess.run([*kind, *below, BUILT / "disk.img", self.system, f"{DISK_MB}M"], check=True)
        subprocess.run([*kind, *below, FIRMWARE / VARIABLES, self.variables], check=True)
        subprocess.run([*kind, self.footage, str(FOOTAGE_BYTES)], check=True)

    def freeze(self, name: str) -> None:
        """Keep the machine as it runs, memory and disks; it runs on. `thaw` goes on there, often."""
        said = self.qmp.raw("human-monitor-command", {"command-line": f"savevm {name}"}, FREEZE_S)
        assert not said.strip(), said

    def thaw(self, name: str) -> None:
        """Go on where it was frozen, whatever it does now."""
        self.kill()
        self.inserted = self._plugged = None
        self.starts = 0
        self._thawed = name
        try:
            self.start()
        finally:
            self._thawed = ""

    def kept_at(self, kept: Path) -> int:
        """The port of the cameras, where it was frozen with these devices and this image and it is free; else 0."""
        with contextlib.suppress(OSError, ValueError):
            port, about = kept.read_text().split(" ", 1)
            with socket.socket() as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                line.bind(("127.0.0.1", int(port)))
            return int(port) if about == self._about else 0
        return 0

    def keep_at(self, kept: Path, port: int) -> None:
        """Let the next run go on with what was frozen."""
        kept.write_text(f"{port} {self._about}")

    @property
    def _about(self) -> str:
        words = self._command(self.place / "code.ext4", 0, 0, 0)
        made = (BUILT / made_of.NAME).read_bytes()
        return hashlib.sha256(repr(words).encode() + made).hexdigest()

    def greet(self) -> None:
        """Log in; who goes on is logged in."""
        if not self._thawed:
            super().greet()
            return
        self.shell.resume()
        threading.Thread(target=self._drain, args=(self.serial,), name="console", daemon=True).start()

    def _command(self, code: Path, shell: int, qmp: int, serial: int) -> list[str]:
        words = super()._command(code, shell, qmp, serial)
        mine = ("id=system", str(self.variables))
        words = [
            one.replace("format=raw", "format=qcow2") if any(name in one for name in mine) else one for one in words
        ]
        if self._thawed:
            words += ["-loadvm", self._thawed]
        words += ["-action", "reboot=shutdown"]
        words += ["-drive", f"if=none,cache=unsafe,format=qcow2,id=footage,file={self.footage}"]
        words += ["-device", "scsi-hd,bus=bays.0,scsi-id=0,drive=footage,serial=NJ-footage,rotation_rate=7200"]
        return words

    def insert(self, *files: Path) -> None:
        """Have a stick in it at the next start, with these files in a folder."""
        self.inserted = self._filled(files)

    def plug(self, *files: Path) -> None:
        """Put a stick with these files in a folder in while it runs; it is out at the next start."""
        self._plugged = self._filled(files)
        self._plugged.plug(PORT, read_only=True)

    def pull(self) -> None:
        """Pull the stick out that was put in."""
        assert self._plugged is not None
        self._plugged.pull()
        self._plugged = None

    def _filled(self, files: Sequence[Path]) -> Stick:
        size = sum(one.stat().st_size for one in files) >> 20
        stick = Stick(self, LABEL, size + 64)
        stick.format("vfat", table=False)
        subprocess.run(["mmd", "-i", stick.path, "::nightjar"], check=True)
        for one in files:
            subprocess.run(["mcopy", "-i", stick.path, one, f"::nightjar/{one.name}"], check=True)
        return stick

    def switch_on(self) -> int:
        """Start it until somebody can log in; gives how often it started."""
        for count in range(1, STARTS + 1):
            self.starts += 1
            try:
                self.start()
            except GuestFailed as error:
                if not any(one in str(error) for one in WENT_DOWN):
                    raise
            else:
                return count
        raise Failed(f"it started {STARTS} times and never came up\n{self.explain()}")

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

    def check(self, bundle: Path, permit: str = "") -> dict[str, Any]:
        """Have a file of the stick copied and checked."""
        found = self.stands(lambda told: any(bundle.name in one["name"] for one in told["found"]))["found"]
        wanted = next(one["id"] for one in found if bundle.name in one["name"])
        _status, said = self.ask("update", "stick", wanted, *(("--permit", permit) if permit else ()))
        told = self.stands(lambda told: not told["busy"])
        if told["phase"] == "idle":
            raise Failed(f"it was not begun: {said}\n{self.why()}")
        return told

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
            except Failed as why:  # it went down meanwhile
                if self._qemu is not None:
                    try:
                        self._qemu.wait(GONE_S)
                    except subprocess.TimeoutExpired:
                        raise why from None
                continue
            if told and told["phase"] in ENDED:
                return told
            if time.monotonic() > end:
                raise Failed(f"no end: {told}\n{self.why()}")
            time.sleep(2.0)
