"""Chips that the kernel's i2c-stub plays in the guest, and their registers from the other side (`inside/chip.py`)."""

import json
import signal
import time
from collections.abc import Callable, Sequence
from typing import Self

from tests.guest.code_volume import INSIDE_AT
from tests.guest.guest import Guest
from tests.guest.shell import COMMAND_S, Failed


class Chips:
    """A bus with chips whose registers begin as zeros. `with Chips(guest, 0x20) as chips:` has it for the block."""

    def __init__(self, guest: Guest, *addresses: int) -> None:
        self._guest = guest
        self._made: list[str] = []
        guest.run("modprobe", "i2c-dev")
        guest.run("modprobe", "i2c-stub", "chip_addr=" + ",".join(hex(one) for one in addresses))
        found = guest.run("grep -l 'SMBus stub' /sys/bus/i2c/devices/i2c-*/name")
        self.bus = found.split("/")[5]
        """Its name below /dev."""
        self._player = guest.shell.talk("python3", f"{INSIDE_AT}/chip.py", self.bus)
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        for one in self._made:
            self._guest.run(f"echo {one} > /sys/bus/i2c/devices/{self.bus}/delete_device")
        self._player.signal(signal.SIGKILL)
        self._player.wait()
        self._guest.run("modprobe", "-r", "i2c-stub")

    def _ask(self, **asked: object) -> bytes:
        self._asked += 1
        self._player.say(json.dumps(asked))
        self._player.until(lambda: self._player.output.count("\n") >= self._asked, COMMAND_S, "an answer")
        return bytes.fromhex(self._player.output.split("\n")[self._asked - 1])

    def write(self, address: int, register: int, *data: int) -> None:
        """Set registers from one on."""
        self._ask(address=address, register=register, data=bytes(data).hex())

    def write_word(self, address: int, register: int, value: float) -> None:
        """Set two registers to a number, the low byte first."""
        self.write(address, register, *round(value).to_bytes(2, "little"))

    def read(self, address: int, register: int) -> int:
        """Give a register."""
        return self._ask(address=address, register=register, count=1)[0]

    def read_all(self, address: int, register: int, count: int) -> bytes:
        """Give registers from one on."""
        return self._ask(address=address, register=register, count=count)

    def wait(self, address: int, register: int, value: int) -> None:
        """Wait until somebody wrote this there."""
        self._until(lambda: self.read(address, register) == value, (address, register, value))

    def _until(self, seen: Callable[[], bool], what: Sequence[int]) -> None:
        end = time.monotonic() + COMMAND_S
        while not seen():
            if time.monotonic() > end:
                at, register, value = what
                raise Failed(f"{at:#x} has {self.read(at, register):#x} in {register:#x}, not {value:#x}")
            time.sleep(0.1)

    def give_to_the_kernel(self, driver: str, address: int, *modules: str) -> str:
        """Have a driver of the kernel take a chip; gives the chip's folder in sysfs."""
        for one in modules or (driver,):
            self._guest.run("modprobe", one)
        self._guest.run(f"echo {driver} {address:#x} > /sys/bus/i2c/devices/{self.bus}/new_device")
        self._made.append(f"{address:#x}")
        folder = f"/sys/bus/i2c/devices/{self.bus.removeprefix('i2c-')}-{address:04x}"
        if not self._guest.run(f"ls -d {folder}/driver 2>&1", check=False).startswith(folder + "/driver\n"):
            raise Failed(f"{driver} did not take {address:#x}: {self._guest.run('dmesg | tail -n 5')}")
        return folder

    def take_from_the_kernel(self, address: int) -> None:
        """Have the kernel let go of a chip."""
        self._made.remove(f"{address:#x}")
        self._guest.run(f"echo {address:#x} > /sys/bus/i2c/devices/{self.bus}/delete_device")
