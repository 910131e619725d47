"""Devices at a serial port of the kernel, an emulated UART, judged by the bytes at its other end."""

import itertools
import signal

import pytest

from tests.guest.board import Board, Told, devices
from tests.guest.line import Dome, FarEnd, Line, where_it_looks

SIZE = 12
"""Bytes of a frame of a PoE controller."""
DOME = {"address": 1}
MOVE, STOP = bytes.fromhex("FF 01 00 02 20 00 23"), bytes.fromhex("FF 01 00 00 00 00 01")
"""Pelco-D: to the right at half speed."""


@pytest.fixture
def line(guest):
    return Line(guest)


def frames(heard, size=7):
    """Split what a line carried, and leave out repeats."""
    return [frame for frame, _again in itertools.groupby(heard[at : at + size] for at in range(0, len(heard), size))]


def domes(line, *more):
    return "\n".join(
        ['kind = "ptz_bus"', 'name = "DOMES"', 'driver = "serial"', 'bus = "line"', f'port = "{line.tty}"', *more]
    )


def port(line, *more):
    return "\n".join(
        ['kind = "serial_port"', 'name = "COM1"', 'driver = "tty"', 'bus = "line"', f'port = "{line.tty}"', *more]
    )


@pytest.mark.covers("D-HW-08", "D-PTZ-02.3", "D-PTZ-04", "D-PTZ-01.4")
def test_a_dome_is_moved_stopped_and_sent_to_a_preset_at_the_lines_speed(guest, line):
    with Board(guest, "domes", devices(domes(line, "baud = 4800", "rs485 = false"))) as board:
        assert board.state("DOMES")["online"], board.state("DOMES")
        assert "speed 4800 baud" in line.settings()
        board.ask("ptz_bus", "DOMES", "move", dome=DOME, pan=0x20 / 0x3F)
        # Nobody asks again, so it is told to stop.
        heard = line.hear(lambda one: one.endswith(STOP))
        assert frames(heard) == [MOVE, STOP]
        line.hush()
        board.ask("ptz_bus", "DOMES", "act", dome=DOME, action="preset_goto", number=5)
        assert line.hear(lambda one: len(one) >= 7) == bytes.fromhex("FF 01 00 07 00 05 0D")
        board.ask("ptz_bus", "DOMES", "set_line", baud=2400, parity="E")
        told = line.settings()
        assert "speed 2400 baud" in told
        assert " parenb -parodd" in told
        board.ask("ptz_bus", "DOMES", "act", dome={"address": 1, "protocol": "pelco_p"}, action="stop")
        assert line.hear(lambda one: len(one) >= 8) == bytes.fromhex("A0 00 00 00 00 00 AF 0F")


@pytest.mark.covers("D-PTZ-02.3")
def test_a_dome_that_moves_is_stopped_when_the_service_ends(guest, line):
    with Board(guest, "ends", devices(domes(line, "rs485 = false"))) as board:
        board.ask("ptz_bus", "DOMES", "move", dome=DOME, pan=0x20 / 0x3F)
        board.end(signal.SIGTERM)
    assert frames(line.hear(lambda one: one.endswith(STOP))) == [MOVE, STOP]


@pytest.mark.covers("D-HW-08")
def test_what_a_dome_answers_comes_over_the_same_line(guest, line):
    with Dome(line), Board(guest, "asks", devices(domes(line, "rs485 = false"))) as board:
        assert where_it_looks(board, Told) == pytest.approx(Dome.LOOK, abs=0.001)


@pytest.mark.covers("D-HW-08")
def test_a_port_that_cannot_turn_a_pair_and_one_that_somebody_has_are_told(guest, line):
    with Board(guest, "pair", devices(domes(line))) as board:
        state = board.wait("DOMES", lambda one: one["reason"] != "not opened yet", "a reason")
        assert not state["online"]
        assert state["reason"].startswith(f"/dev/{line.tty}: the kernel cannot turn an RS-485 pair here")
    other = guest.shell.talk(f"exec flock /dev/{line.tty} sh -c 'echo held; read word'")
    other.wait_for("held")
    with Board(guest, "held", devices(domes(line, "rs485 = false"))) as board:
        state = board.wait("DOMES", lambda one: one["reason"] != "not opened yet", "a reason")
        assert not state["online"]
        assert "exclusively lock" in state["reason"]
    other.say("done")
    assert other.wait() == 0


@pytest.mark.covers("D-SYS-15")
def test_a_bridge_carries_every_byte_both_ways(guest, line):
    everything = bytes(range(256)) * 2
    guest.shell.write("/tmp/everything", everything)
    with Board(guest, "bridge", devices(port(line, 'role = "bridge"', "baud = 115200"))) as board:
        state = board.wait("COM1", lambda one: one["listens"], "the bridge")
        host, number = state["listens"].split(":")
        send, receive = "cat /tmp/everything >&3", f"head -c {len(everything)} <&3 > /tmp/heard"
        client = guest.shell.talk(
            "bash", "-c", f"exec 3<>/dev/tcp/{host}/{number}; {send}; {receive}; echo heard; read word"
        )
        assert line.hear(lambda one: len(one) >= len(everything)) == everything
        assert board.wait("COM1", lambda one: one["client"], "the client")["client"].startswith("127.0.0.1:")
        line.socket.sendall(everything)
        client.wait_for("heard")
        assert guest.shell.read("/tmp/heard") == everything
        client.say("done")
        client.wait()
        board.wait("COM1", lambda one: not one["client"], "the client's end")


@pytest.mark.covers("D-SYS-15")
def test_the_port_is_a_till_then_a_keyboard_then_the_domes_and_then_the_systems(guest, line):
    tables = devices(port(line, 'role = "pos"', "baud = 9600"), domes(line, "rs485 = false"))
    holders = f"ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c '/dev/{line.tty}$'"
    with Board(guest, "roles", tables) as board:
        board.wait("COM1", lambda one: one["online"], "the port")
        assert not board.state("DOMES")["online"]
        line.socket.sendall(b"\x1b@2 x Coffee   5.80\r\n\x1b!\x08TOTAL\x1b!\x00     5.80\r\n\x1dV\x00")
        told = board.wait_for_event("COM1", lambda events: len(events) >= 2, "the receipt")
        assert [one["text"] for one in told] == ["2 x Coffee   5.80", "TOTAL     5.80"]

        board.ask("serial_port", "COM1", "take_role", role="keyboard")
        line.socket.sendall(MOVE)
        *_receipt, moved = board.wait_for_event("COM1", lambda events: len(events) >= 3, "the keyboard")
        assert (moved["address"], moved["action"], moved["pan"]) == (1, "move", pytest.approx(0x20 / 0x3F))
        assert guest.run(holders, check=False).strip() == "1"

        board.ask("serial_port", "COM1", "take_role", role="ptz")
        board.wait("DOMES", lambda one: one["online"], "the domes")
        line.hush()
        board.ask("ptz_bus", "DOMES", "stop", dome=DOME)
        assert line.hear(lambda one: len(one) >= 7) == STOP

        board.ask("serial_port", "COM1", "take_role", role="console")
        state = board.wait("DOMES", lambda one: not one["online"], "the domes' end")
        assert state["reason"] == f"{line.tty} is used as console"
        assert guest.run(holders, check=False).strip() == "0"


class Controller(FarEnd):
    """A PoE microcontroller of the second generation (RTL8238B, two ports), by its frames alone."""

    SIZE = SIZE

    def __init__(self, line):
        super().__init__(line)
        self.asked = []
        self.on = {0: True, 1: False}
        """Port 1 has its camera already."""
        self.nonsense = False

    def answer(self, frame):
        self.asked.append(frame)
        head = (frame[:2] + self._answer(frame[0], frame[2], frame[3])).ljust(SIZE - 1, b"\xff")
        wrong = 1 if self.nonsense else 0
        return head + bytes([(sum(head) + wrong) & 0xFF])

    def _answer(self, opcode, port, value):
        match opcode:
            case 0x40:
                return bytes.fromhex("00 02 01 01 38 21 00 04 00")
            case 0x01:
                self.on[port] = bool(value)
            case 0x42:
                return bytes([port, 2 if self.on[port] else 0, 0x30 if self.on[port] else 0, 0])
            case 0x44:  # 53.0 V, 120 mA, 40 degrees
                return bytes([port, *(822).to_bytes(2, "big"), 0, 120, 0, 188, 0, 64])
        return bytes([port, 0])


@pytest.mark.covers("D-HW-02")
def test_a_poe_controller_at_a_serial_line_is_read_and_switched_and_left_on(guest, line):
    about = f'kind = "poe_supply"\nname = "PSE"\ndriver = "realtek_mcu"\nbus = "{line.tty}"\ngeneration = 2\nports = 2'
    table = devices(f"{about}\nbudget = {{ watts = 60.0 }}")
    with Controller(line) as controller, Board(guest, "mcu", table) as board:
        state = board.wait("PSE", lambda one: one["online"], "the controller")
        assert "speed 19200 baud" in line.settings()
        assert board.inventory("PSE")["unproven"]
        assert bytes.fromhex("40 01 FF FF FF FF FF FF FF FF FF 38") in controller.asked
        first = state["ports"][0]
        assert (first["state"], first["power_class"], first["volts"], first["milliamps"]) == (
            "delivering",
            3,
            53.0,
            120,
        )
        state = board.wait("PSE", lambda one: one["ports"][1]["state"] == "delivering", "the second port")
        assert state["used_watts"] == pytest.approx(2 * 6.4, abs=0.1)

        board.ask("poe_supply", "PSE", "disable", port=2)
        assert controller.on == {0: True, 1: False}
        [*_earlier, cut] = [one for one in controller.asked if one[0] == 0x01]
        assert cut[2:-1] == bytes.fromhex("01 00 FF FF FF FF FF FF FF")

        controller.nonsense = True
        state = board.wait("PSE", lambda one: not one["online"], "nonsense")
        assert state["reason"].startswith("a wrong checksum: 4")
        assert state["reason"] in board.log
        board.end(signal.SIGTERM)
        assert controller.on == {0: True, 1: False}
