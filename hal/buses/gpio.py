"""One line of a GPIO chip, found by its name, held alone."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from hal.errors import Offline
from hal.kernel import gpio
from hal.machine import Machine

CONSUMER = "nightjar"
QUEUED_EVENTS = 64
"""How many edges the kernel keeps for one input until we read them; more are dropped, and the level is read instead."""
MOST_LINES = 1024
"""Lines looked through on one chip; the largest pin controllers have some hundreds."""

Bias = Literal["", "up", "down"]
BIASES: dict[Bias, int] = {"": 0, "up": gpio.BIAS_PULL_UP, "down": gpio.BIAS_PULL_DOWN}


class GpioLine:
    """A line that was asked for; values are after the active level."""

    def __init__(self, machine: Machine, descriptor: int) -> None:
        self._machine = machine
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)

    def fileno(self) -> int:
        """Give the descriptor that becomes readable at an edge."""
        return self._descriptor

    def value(self) -> bool:
        """Read the level; raises `OSError`."""
        answer = gpio.values()
        self._machine.ioctl(self._descriptor, gpio.GET_VALUES, answer)
        return gpio.value_of(answer)

    def drive(self, *, value: bool) -> None:
        """Set the level; raises `OSError`."""
        self._machine.ioctl(self._descriptor, gpio.SET_VALUES, gpio.values(value=value))

    def events(self) -> list[gpio.LineEvent]:
        """Take the edges that came, oldest first; raises `OSError`."""
        try:
            return gpio.line_events(os.read(self._descriptor, QUEUED_EVENTS * gpio.EVENT_BYTES))
        except BlockingIOError:
            return []

    def close(self) -> None:
        """Let go of the line; an output keeps its level until somebody else asks for it."""
        os.close(self._descriptor)


def watch_line(machine: Machine, name: str, *, active_low: bool, debounce_ms: float, bias: Bias = "") -> GpioLine:
    """Ask for an input that tells its edges; raises `Offline`."""
    flags = gpio.INPUT | gpio.EDGE_RISING | gpio.EDGE_FALLING | BIASES[bias] | (gpio.ACTIVE_LOW if active_low else 0)
    return _request(machine, name, flags, debounce_us=round(debounce_ms * 1000), events=QUEUED_EVENTS)


def drive_line(machine: Machine, name: str, *, active_low: bool) -> GpioLine:
    """Ask for an output that begins at rest; raises `Offline`."""
    return _request(machine, name, gpio.OUTPUT | (gpio.ACTIVE_LOW if active_low else 0), value=False)


def _request(
    machine: Machine, name: str, flags: int, *, debounce_us: int = 0, value: bool | None = None, events: int = 0
) -> GpioLine:
    found = list(_named(machine, name))
    if not found:
        raise Offline(f"no GPIO line is called {name}")
    if len(found) > 1:
        chips = ", ".join(chip.name for chip, _info in found)
        raise Offline(f"more than one GPIO line is called {name} ({chips}); the board must name it as CHIP/NUMBER")
    [(chip, info)] = found
    if info.flags & gpio.USED:
        raise Offline(f"GPIO line {name} is held by {info.consumer or 'the kernel'}")
    request = gpio.line_request(info.offset, CONSUMER, flags, debounce_us=debounce_us, value=value, events=events)
    descriptor = os.open(chip, os.O_RDWR | os.O_CLOEXEC)
    try:
        machine.ioctl(descriptor, gpio.GET_LINE, request)
    except OSError as error:
        raise Offline(f"GPIO line {name}: {error.strerror or error}") from error
    finally:
        os.close(descriptor)
    return GpioLine(machine, gpio.requested_descriptor(request))


def _named(machine: Machine, name: str) -> Iterator[tuple[Path, gpio.LineInfo]]:
    """Find lines by name; `label/7` and `gpiochip0/7` mean the seventh line of that chip, for chips without names."""
    on_chip, slash, number = name.rpartition("/")
    for path in sorted(machine.dev.glob("gpiochip*")):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise Offline(f"{path}: {error.strerror}") from error
        try:
            answer = gpio.empty_chip_info()
            machine.ioctl(descriptor, gpio.GET_CHIPINFO, answer)
            chip = gpio.chip_info(answer)
            for offset in range(min(chip.lines, MOST_LINES)):
                answer = gpio.ask_line_info(offset)
                machine.ioctl(descriptor, gpio.GET_LINEINFO, answer)
                info = gpio.line_info(answer)
                by_number = slash and on_chip in {chip.label, chip.name} and number == str(offset)
                if by_number or (info.name and info.name == name):
                    yield path, info
        finally:
            os.close(descriptor)
