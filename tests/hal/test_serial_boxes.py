"""Alarm boxes at a serial line that an owner adds: several at one, each by its number; whatever a box answers."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hal.additions import Additions
from hal.board import Board
from hal.box import Box
from hal.errors import HalError, Offline, Refused
from hal.machine import Machine
from tests.hal.fakes.modbus import UNIT
from tests.hal.fakes.until import until
from tests.peers.modbus_server import Cable, ModbusBox

PLAIN = 'id = "plain"\ntitle = "A plain machine"\n'
PORT = PLAIN + '[[device]]\nkind = "serial_port"\nname = "COM1"\ndriver = "tty"\nport = "ttyS0"\n'


class Rig:
    """A machine whose `ttyUSB0` is one end of a cable."""

    def __init__(self, root, text=PLAIN):
        self.root = root
        (root / "dev").mkdir()
        (root / "board.toml").write_text(text)
        self.machine = Machine(dev=root / "dev", sys=root / "sys", proc=root / "proc", keep=root / "keep")
        self.start()

    def start(self):
        self.board = Board.read(self.root, self.machine)
        self.additions = Additions(self.board, self.machine)
        self.additions.recall()

    def plug(self, name, tty):
        (self.root / "dev" / name).symlink_to(tty)

    @property
    def kept(self):
        return [one.name for one in (self.root / "keep").glob("additions-*")]


@pytest.fixture
def rig(tmp_path):
    return Rig(tmp_path)


@pytest.fixture
def server(tmp_path):
    place = tmp_path / "server"
    place.mkdir()
    with closing(ModbusBox(place, "rtu")) as box:
        yield box


@pytest.mark.peer("libmodbus")
@pytest.mark.covers("D-ALM-03", "D-ALM-04", "D-ALM-08")
def test_a_box_at_a_line_is_here_and_after_a_restart_and_another_that_is_silent_harms_it_not(rig, server):
    rig.plug("ttyUSB0", server.cable.names[0])
    box = Box("GATE", line="ttyUSB0", unit=UNIT, inputs=3, outputs=1)
    with rig.board:
        rig.additions.add_box(box)
        until(lambda: all(one.state.online for one in rig.board))
        server.move(1, closed=True)
        until(lambda: rig.board.device("alarm_input", "GATE_2").state.active)
        rig.board.ask("relay", "GATE_1", "switch", {"closed": True}).result(30)
        assert server.coil(0)
        # Nobody answers for the number 4 at this line: it waits for nobody, and nobody for it.
        with pytest.raises(Offline, match="ttyUSB0: box 4 does not answer"):
            rig.additions.add_box(Box("YARD", line="ttyUSB0", unit=4))
        server.move(2, closed=True)
        until(lambda: rig.board.device("alarm_input", "GATE_3").state.active)
        with pytest.raises(Refused, match="a box with the number 3 at ttyUSB0 already"):
            rig.additions.add_box(Box("YARD", line="ttyUSB0", unit=UNIT))
        with pytest.raises(Refused, match="all set alike: 9600 baud, parity N, 1 stop bits"):
            rig.additions.add_box(Box("YARD", line="ttyUSB0", unit=4, baud=19200))
    rig.start()
    with rig.board:
        until(lambda: all(one.state.online for one in rig.board))
        rig.board.ask("relay", "GATE_1", "switch", {"closed": True}).result(30)
        rig.additions.remove("box", "GATE")
        assert not list(rig.board)
        until(lambda: not server.coil(0))


def test_a_line_that_is_not_there_or_is_used_is_refused_with_those_that_are_free(tmp_path):
    rig = Rig(tmp_path, PORT)
    for name in ("ttyS0", "ttyS1", "ttyUSB0", "tty1", "sda"):
        (tmp_path / "dev" / name).touch()
    for line in ("ttyUSB7", "ttyS0", "tty1"):
        with pytest.raises(Refused, match=f"{line} is not there, or .* free are ttyUSB0, ttyS1"):
            rig.additions.add_box(Box("GATE", line=line))
    assert rig.kept == []


@pytest.mark.parametrize(
    "wrong",
    [
        *({"line": one} for one in ("", "sda", "../ttyS0", "ttyS0\n", "tty", "ttyS0/x", "/dev/ttyS0")),
        {"line": "ttyS0", "host": "10.0.0.5"},
        *({"line": "ttyS0", **one} for one in ({"baud": 0}, {"baud": 10**9}, {"parity": "X"}, {"stop_bits": 3})),
    ],
)
def test_what_is_no_line_is_not_read(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "GATE", **wrong}, Box)


# --- what a box answers ---


def crc(data):
    """CRC-16 of Modbus (Modbus over serial line V1.02, §6.2.2)."""
    found = 0xFFFF
    for byte in data:
        found ^= byte
        for _bit in range(8):
            found = found >> 1 ^ 0xA001 if found & 1 else found >> 1
    return data + found.to_bytes(2, "little")


ENDLESS = b"\x55" * 4096
HOSTILE = {
    "nothing": b"",
    "one byte": b"\x03",
    "noise": bytes(range(7, 250)),
    "noise without end": ENDLESS,
    "a damaged frame": crc(b"\x03\x02\x01\x07")[:-1] + b"\0",
    "another number": crc(b"\x09\x02\x01\x07"),
    "another function": crc(b"\x03\x04\x02\x00\x07"),
    "too few inputs": crc(b"\x03\x02\x00"),
    "more bytes than it says": crc(b"\x03\x02\x01" + bytes(200)),
    "a refusal that nobody knows": crc(b"\x03\x82\xee"),
    "its refusal": crc(b"\x03\x82\x02"),
}


class Liar(threading.Thread):
    """Answers every request with the same bytes, or with bytes without end."""

    def __init__(self, answer, read, write, after_s=0.0):
        super().__init__(daemon=True)
        self.answer, self.read, self.write, self.after_s = answer, read, write, after_s
        self.ended = threading.Event()

    def run(self):
        while not self.ended.is_set():
            try:
                asked = self.read()
                self.ended.wait(self.after_s)
                while asked and not self.ended.is_set():
                    self.write(self.answer)
                    if self.answer is not ENDLESS:
                        break
            except OSError:
                return


@pytest.fixture
def liar():
    cables, liars = [], []

    def at(answer, after_s=0.0):
        cables.append(Cable())
        tty = Path(cables[-1].names[1]).open("r+b", buffering=0)  # noqa: SIM115 - closed below
        liars.append((Liar(answer, lambda: tty.read(256), tty.write, after_s), tty))
        liars[-1][0].start()
        return cables[-1].names[0]

    yield at
    for one, _tty in liars:
        one.ended.set()
    for one in cables:
        one.close()
    for one, tty in liars:
        one.join(30)
        tty.close()


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_box_at_a_line_answers_it_is_refused_in_words_in_time_and_nothing_is_kept(rig, liar, answer):
    rig.plug("ttyUSB0", liar(answer))
    began = time.monotonic()
    with rig.board, pytest.raises(HalError, match="ttyUSB0"):
        rig.additions.add_box(Box("GATE", line="ttyUSB0", unit=3, inputs=16))
    assert time.monotonic() - began < 20  # 0.4 s each on a machine that is not busy
    assert (list(rig.board), rig.kept) == ([], [])


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0" * 7, b"\0\1\0\0\xff\xff\3\2", b"HTTP/1.1 400 Bad Request\r\n\r\n", ENDLESS, b"\0\1\0\0\0\4\3\2\1"],
    ids=["hangs up", "no length", "a length without end", "http", "noise without end", "too short"],
)
def test_whatever_a_box_in_the_network_answers_so_too(rig, answer):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def read():
            taken, _address = listening.accept()
            taken.recv(256)
            with taken:
                taken.sendall(answer * (200 if answer is ENDLESS else 1))

        liar = Liar(answer, read, lambda _answer: liar.ended.wait(0.01))
        liar.start()
        with pytest.raises(HalError, match=r"127\.0\.0\.1"):
            rig.additions.add_box(Box("GATE", "127.0.0.1", listening.getsockname()[1], 3, inputs=16))
        liar.ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        liar.join(30)
    assert (list(rig.board), rig.kept) == ([], [])


@pytest.mark.parametrize("by_s", [-3600.0, 3600.0], ids=["back", "forward"])
def test_a_clock_that_is_set_meanwhile_neither_holds_a_line_nor_makes_a_box_silent(rig, liar, monkeypatch, by_s):
    real, looked = time.time, threading.Event()

    def wall_s():
        """It is set right after whoever waits looked at it first."""
        if looked.is_set():
            return real() + by_s
        looked.set()
        return real()

    def add(name, line):
        looked.clear()
        monkeypatch.setattr(time, "time", wall_s)
        with ThreadPoolExecutor(1) as pool:
            try:
                # 0.4 s on a machine that is not busy.
                pool.submit(rig.additions.add_box, Box(name, line=line, unit=3, inputs=8)).result(20)
            finally:
                monkeypatch.setattr(time, "time", real)

    rig.plug("ttyUSB0", liar(b""))
    rig.plug("ttyUSB1", liar(crc(b"\x03\x02\x01\x07"), after_s=0.05))
    with rig.board:
        with pytest.raises(HalError, match="does not answer"):
            add("GATE", "ttyUSB0")
        add("YARD", "ttyUSB1")
        assert len(list(rig.board)) == 8
