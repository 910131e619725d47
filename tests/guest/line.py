"""The far end of the guest's serial port: a socket, and what speaks at it."""

import contextlib
import threading
import time

PATIENCE_S = 90.0


class Line:
    """The far end of the port, and its tty in the guest."""

    def __init__(self, guest, driver="serial"):
        """`driver` is the kernel's that has the port."""
        self.guest, self.socket = guest, guest.serial
        found = guest.run(f"ls -d /sys/bus/pci/drivers/{driver}/0*/tty/ttyS*")
        self.tty = found.split("/")[-1].strip()
        self.hush()

    def hush(self):
        """Forget what came so far."""
        self.socket.settimeout(0.2)
        with contextlib.suppress(TimeoutError):
            while self.socket.recv(4096):
                pass

    def hear(self, until):
        """Read until what came pleases."""
        heard, end = b"", time.monotonic() + PATIENCE_S
        while not until(heard):
            self.socket.settimeout(max(0.1, end - time.monotonic()))
            try:
                heard += self.socket.recv(4096)
            except TimeoutError:
                raise AssertionError(f"only {heard.hex(' ')} came") from None
        return heard

    def settings(self):
        """What the kernel says of the port."""
        return " ".join(self.guest.run(f"stty -a -F /dev/{self.tty}").replace(";", "").split())


class FarEnd:
    """What answers frames of one size at the far end of a line while the block lasts."""

    SIZE = 7

    def __init__(self, line):
        self.line = line
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exc):
        self.ended.set()
        self._thread.join()

    def _serve(self):
        heard = b""
        self.line.socket.settimeout(0.1)
        while not self.ended.is_set():
            with contextlib.suppress(TimeoutError):
                heard += self.line.socket.recv(64)
            while len(heard) >= self.SIZE:
                frame, heard = heard[: self.SIZE], heard[self.SIZE :]
                self.line.socket.sendall(self.answer(frame))

    def answer(self, frame):
        raise NotImplementedError


class Dome(FarEnd):
    """A dome that says where it looks (Pelco-D): `LOOK`."""

    LOOK = {"pan_degrees": 90.0, "tilt_degrees": -5.0, "zoom": 0.5}  # noqa: RUF012
    _ANSWERS = {0x51: (0x59, 9000), 0x53: (0x5B, 500), 0x55: (0x5D, 0x8000)}  # noqa: RUF012

    def answer(self, frame):
        code, value = self._ANSWERS[frame[3]]
        body = bytes([1, 0, code, *value.to_bytes(2, "big")])
        return b"\xff" + body + bytes([sum(body) & 0xFF])


def where_it_looks(board, told):
    """Ask a board's dome where it looks; it has 0.3 s to answer, and this machine may stand still for longer."""
    for _try in range(20):
        with contextlib.suppress(told):
            return board.ask("ptz_bus", "DOMES", "ask", dome={"address": 1, "protocol": "pelco_d_extended"})
    raise AssertionError("the dome was never heard")
