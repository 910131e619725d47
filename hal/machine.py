"""Where drivers find the kernel, the time, the buses and the programs of this machine.

Tests give other roots, another clock and other programs; drivers never reach for the real ones themselves.
"""

import fcntl
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hal.buses.i2c import I2cBus, open_i2c
from hal.buses.serial import SerialLine, SerialSettings, open_serial
from hal.errors import Offline
from hal.kernel.input import InputNode, open_keys, open_sound
from hal.kernel.udev import BlockEvents, own_input_nodes


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit status, standard output and standard error."""

    status: int
    output: bytes
    complaint: str


def run_program(argv: Sequence[str], timeout_s: float) -> Ended:
    """Run a program without a shell; raises `Offline` if it is not there or does not end in time."""
    try:
        ended = subprocess.run(
            list(argv), stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, check=False
        )
    except FileNotFoundError:
        raise Offline(f"{argv[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise Offline(f"{argv[0]} did not end within {timeout_s:.0f} s") from None
    except OSError as error:
        raise Offline(f"{argv[0]} could not be started: {error.strerror}") from None
    return Ended(ended.returncode, ended.stdout, ended.stderr.decode(errors="replace").strip())


class Program(Protocol):
    """A program that runs; `subprocess.Popen` is one."""

    def poll(self) -> int | None:
        """Give its exit status; None while it runs."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        ...


def start_program(argv: Sequence[str], stdin: int) -> Program:
    """Start a program without a shell, reading from an open descriptor; raises `Offline` if it is not there."""
    try:
        return subprocess.Popen(list(argv), stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise Offline(f"{argv[0]} could not be started: {error.strerror}") from None


ADMIN_SOCKET = Path("/run/nightjar/hal-admin.sock")
ADMIN_PATIENCE_S = 30.0


def ask_admin(noun: str, verb: str, args: Mapping[str, Any]) -> Any:
    """Ask the root helper of this machine; raises `Offline` with its words."""
    from hal.client.admin import AdminClient
    from hal.client.connection import HalUnavailable

    try:
        with AdminClient(ADMIN_SOCKET, ADMIN_PATIENCE_S) as root:
            return root.ask(noun, verb, **args)
    except HalUnavailable as error:
        raise Offline(str(error)) from None


@dataclass(frozen=True)
class Machine:
    """One machine: the roots of its kernel's trees, its clocks, buses and programs."""

    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    dev: Path = Path("/dev")
    etc: Path = Path("/etc")
    root: Path = Path("/")
    keep: Path | None = None
    """Where devices remember what the owner wants of them; None: they do not."""
    monotonic_s: Callable[[], float] = time.monotonic
    wall_s: Callable[[], float] = time.time
    sleep_s: Callable[[float], None] = time.sleep
    run: Callable[[Sequence[str], float], Ended] = run_program
    start: Callable[[Sequence[str], int], Program] = start_program
    ioctl: Callable[[int, int, bytearray], int] = fcntl.ioctl
    """Ask the driver of an open descriptor (ioctl(2)); it changes the argument in place."""
    i2c: Callable[[Path], I2cBus] = open_i2c
    serial: Callable[[Path, SerialSettings], SerialLine] = open_serial
    input_nodes: Callable[[str], list[Path]] = own_input_nodes
    open_keys: Callable[[Path], InputNode] = open_keys
    open_sound: Callable[[Path], InputNode] = open_sound
    admin: Callable[[str, str, Mapping[str, Any]], Any] = ask_admin
    """Ask the root helper: noun, verb, arguments."""
    block_events: Callable[[], BlockEvents] = BlockEvents
    """Hear of disks that come and go."""
    world: dict[str, object] = field(default_factory=dict[str, object])
    """What devices of one board share, such as the cameras that can be plugged in, or a connection; by its name."""
