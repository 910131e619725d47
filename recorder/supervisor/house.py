"""The processes of one run: what is started when, what ends when."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec

from hal.client.kinds import Going, PowerState
from recorder.client.boot import new_simulated
from recorder.client.instance import Instance
from recorder.client.known import know
from recorder.client.words import _
from recorder.configuration.clearing import clear
from recorder.supervisor import simulator
from recorder.supervisor.child import PRIVATE_VARIABLES, Child, ChildSpec
from recorder.supervisor.mains import Mains

log = logging.getLogger(__name__)
BOARD = "simulated"
# What the first picture needs starts first; the rest waits until the screen stands, or clearly does not.
FIRST = ("media", "decode", "gui")
THEN = ("control", "reader", "detect", "hal", "hal-admin", "web", "panel", *(("pam",) if os.geteuid() == 0 else ()))
# Passwords of the system are root's to check; without root only users of the recorder log in.
AS_ROOT = os.geteuid() == 0
SCREEN_S = 5.0
# Recording ends last, and what shows it first.
ENDING = (
    ("panel", "gui", "web", "rtsp", "simulate", "hal", "hal-admin"),
    ("detect", "control", "reader", "pam"),
    ("decode",),
    ("media",),
)
# What is not the recorder but the world around it goes on when the recorder's power is cut.
WORLD = frozenset(("panel", "simulate", "hal"))
LOOK_S = 0.5
CAMERAS_WHEN_ASKED = 4
RTSP_WANTED = "rtsp.wanted"
"""A file in `run/` by which hal-admin has the RTSP server run, as on the target by systemctl."""


@dataclass(frozen=True)
class Options:
    """What the command line asked for. With no `cameras` the simulator starts when somebody asks for it."""

    data: Path
    headless: bool = False
    cameras: int = 0


class House:
    """All processes of an instance. `announce` gets lines for the person who started it."""

    def __init__(self, options: Options, announce: Callable[[str], None]) -> None:
        self.options = options
        self.instance = Instance(options.data)
        self.headless = options.headless or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        self._announce = announce
        self._children: dict[str, Child] = {}
        self._over = asyncio.Event()
        self._powered = True
        self._boot: dict[str, str] = {}
        """What tells the processes of the simulated machine that it has booted anew."""
        self._switching = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Start everything, wait for a signal or the closing of the window, stop everything."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._over.set)
        wanted = self.instance.run / "simulator.wanted"
        for stale in (wanted, self.instance.run / "simulator.json", self.instance.run / RTSP_WANTED):
            stale.unlink(missing_ok=True)
        clear(self.instance)
        living = asyncio.create_task(self._live(wanted))
        try:
            await self._over.wait()
        finally:
            living.cancel()
            with suppress(asyncio.CancelledError):
                await living
            async with self._switching:
                await self._end(self._children.keys())
            (self.instance.run / "processes.json").unlink(missing_ok=True)

    async def _live(self, wanted: Path) -> None:
        for name in FIRST:
            self._add(self._spec(name))
        if self.options.cameras:
            self._add(simulator.spec(self.instance, self.options.cameras, introduce=True))
        with suppress(TimeoutError):
            async with asyncio.timeout(SCREEN_S):
                await self._children["gui"].ready.wait()
        for name in THEN:
            self._add(self._spec(name))
        if not AS_ROOT:
            log.info("Only users of the recorder log in: the helper for those of the system or a directory needs root.")
        for child in self._children.values():
            await child.ready.wait()
        self._announce(_("Nightjar runs. Data: {data}").format(data=self.instance.data))
        if self.headless:
            look = _("No display here: look with `nightjar screenshot --data {data} wall.png`.")
            self._announce(look.format(data=self.instance.data))
        self._announce(_("Front panel: {address}").format(address=panel_address(self.instance)))
        self._mains = Mains(self.instance.socket("hal"), self._power_told)
        self._mains.start()
        while True:
            if "simulate" not in self._children and wanted.exists():
                self._add(simulator.spec(self.instance, CAMERAS_WHEN_ASKED, introduce=False))
            rtsp_wanted = (self.instance.run / RTSP_WANTED).exists()
            if rtsp_wanted and "rtsp" not in self._children and self._powered:
                self._add(self._spec("rtsp"))
            elif not rtsp_wanted and (rtsp := self._children.pop("rtsp", None)) is not None:
                await rtsp.stop()
            await asyncio.sleep(LOOK_S)

    def _power_told(self, state: PowerState) -> None:
        task = asyncio.ensure_future(self._follow_power(state))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow_power(self, state: PowerState) -> None:
        """Be the machine: end what runs on it in order, lose it all at once, or start it again."""
        async with self._switching:
            if self._over.is_set():
                return
            if state.going is not Going.NOWHERE and self._powered:
                self._powered = False
                await self._end(frozenset(self._children) - WORLD)
                await self._mains.arrive(state.name)
            elif not state.running and self._powered:
                self._powered = False
                recorder = [child for name, child in self._children.items() if name not in WORLD]
                await asyncio.gather(*(child.stop(at_once=True) for child in recorder))
            elif state.running and state.going is Going.NOWHERE and not self._powered:
                self._powered = True
                self._boot = new_simulated()
                clear(self.instance)
                started = (*FIRST, *THEN, *(("rtsp",) if "rtsp" in self._children else ()))
                for name in started:
                    if name not in WORLD:
                        self._add(self._spec(name))

    async def _end(self, names: Collection[str]) -> None:
        for group in ENDING:
            await asyncio.gather(*(self._children[name].stop() for name in group if name in names))

    def _spec(self, name: str) -> ChildSpec:
        data = ["--data", str(self.instance.data)]
        start = [sys.executable, "-m"]
        match name:
            case "pam":
                return ChildSpec(name, [*start, "recorder.pam", "--socket", str(self.instance.socket(name))])
            case "hal":
                socket = str(self.instance.socket("hal"))
                world = ["--world", str(self.instance.data.absolute()), "--keep", str(self.instance.state / "hal")]
                return ChildSpec(name, [*start, "hal", "--socket", socket, "--board", BOARD, *world])
            case "hal-admin":
                # Of a laptop it touches the simulated disks and nothing else.
                socket = str(self.instance.socket(name))
                audit = ["--audit", str(self.instance.state / "admin-audit.jsonl")]
                world = ["--world", str(self.instance.data.absolute())]
                return ChildSpec(name, [*start, "hal.admin", "--socket", socket, *audit, *world])
            case "gui":
                argv = [*start, "gui", *data, *(["--headless"] if self.headless else [])]
                return ChildSpec(name, argv, over=self._screen_ended)
            case "rtsp":
                return ChildSpec(name, [*start, "recorder.restream", *data])
            case "control":
                # Processes that face cameras and the network never see it.
                secret = {key: os.environ[key] for key in PRIVATE_VARIABLES if key in os.environ}
                return ChildSpec(name, [*start, "recorder.control", *data], secret, said=self._heard)
            case _:
                return ChildSpec(name, [*start, f"recorder.{name}", *data])

    def _add(self, spec: ChildSpec) -> None:
        spec = replace(spec, environment={**spec.environment, **self._boot})
        child = self._children[spec.name] = Child(spec, self._write_processes)
        child.start()

    def _heard(self, line: str) -> None:
        word, _space, code = line.partition(" ")
        if word == "setup-code":
            told = _("There is no administrator yet. Set a password on the screen, or elsewhere with the code {code}.")
            self._announce(told.format(code=code))

    def _screen_ended(self, status: int) -> None:
        """Closing the window of a laptop ends the recorder; on the target the screen comes back."""
        if status == 0 and not self.headless:
            self._over.set()

    def _write_processes(self) -> None:
        place = self.instance.run / "processes.json"
        found = {name: asdict(child.running) for name, child in self._children.items() if child.running}
        fresh = place.with_suffix(".new")
        fresh.write_text(json.dumps(found))
        fresh.replace(place)


def panel_address(instance: Instance) -> str:
    """Give the address that opens the front panel once, as its process wrote it."""
    return msgspec.json.decode((instance.run / "panel.json").read_bytes())["address"]


def run(house: House) -> None:
    """Run until it is over."""
    know()
    asyncio.run(house.run())
