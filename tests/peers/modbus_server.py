"""Alarm boxes by libmodbus, on a pty or at a port of 127.0.0.1; compiled where the tests run."""

import contextlib
import mmap
import os
import select
import socket
import subprocess
import threading
import tty
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

COILS, INPUTS = 0, 32


@lru_cache
def compiled() -> Path:
    program = Path(mkdtemp(prefix="nightjar-modbus-")) / "modbus_server"
    source = Path(__file__).with_suffix(".c")
    flags = ["-I/usr/include/modbus", "-lmodbus"]
    subprocess.run(["cc", "-O1", "-o", program, source, *flags], check=True)
    return program


class Cable:
    """Two ttys whose ends are tied together."""

    def __init__(self) -> None:
        self._masters: list[int] = []
        self._ends: list[int] = []
        self.names: list[str] = []
        for _end in range(2):
            master, end = os.openpty()
            tty.setraw(end)
            # What nobody takes is lost, as on a wire.
            os.set_blocking(master, False)
            self._masters.append(master)
            self._ends.append(end)
            self.names.append(os.ttyname(end))
        self.cut = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._carry)
        self._thread.start()

    def _carry(self) -> None:
        while not self._ended.is_set():
            for one in select.select(self._masters, [], [], 0.05)[0]:
                with contextlib.suppress(OSError):
                    data = os.read(one, 512)
                    if not self.cut:
                        os.write(self._masters[1 - self._masters.index(one)], data)

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        for one in [*self._masters, *self._ends]:
            os.close(one)


class ModbusBox:
    """The box with the number 3: 32 coils and 32 inputs."""

    def __init__(self, place: Path, how: str) -> None:
        file = place / "state"
        file.write_bytes(bytes(64))
        with file.open("r+b") as opened:
            self._state = mmap.mmap(opened.fileno(), 64)
        self.cable = Cable() if how == "rtu" else None
        if self.cable is None:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            self._where = ["tcp", str(self.port)]
        else:
            self._where = ["rtu", self.cable.names[1]]
        self._file = file
        self.start()

    def start(self) -> None:
        argv = [str(compiled()), *self._where, str(self._file)]
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def coil(self, number: int) -> bool:
        return bool(self._state[COILS + number])

    def set_coil(self, number: int, *, closed: bool) -> None:
        self._state[COILS + number] = int(closed)

    def move(self, number: int, *, closed: bool) -> None:
        self._state[INPUTS + number] = int(closed)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def close(self) -> None:
        self.stop()
        self._state.close()
        if self.cable is not None:
            self.cable.close()
