"""An RS-485 pair that the kernel turns (TIOCSRS485), judged by what it writes into the UART's registers.

The turning is the own code of the kernel for 8250s without hardware for it (em485), at the UART of QEMU
(`modules/turned_uart.c`).
"""

import contextlib
import re

import pytest

from tests.guest.board import Board, Told, devices
from tests.guest.line import Dome, Line, where_it_looks

DATA, INTERRUPTS, MODEM_CONTROL = 0, 1, 4
"""Registers of a 16550."""
RECEIVED, RTS = 0x01, 0x02
"""The bit of the second that asks to be told what comes, and the one of the third that turns: on while we speak."""
GOTO = bytes.fromhex("FF 01 00 07 00 05 0D")
TRACED = "serial_write"
WRITTEN = re.compile(rf"{TRACED} write addr 0x(..) val 0x(..)")


@pytest.fixture
def line(guest):
    """The port, given to the driver that turns."""
    device = guest.run("ls -d /sys/bus/pci/drivers/serial/0*").split("/")[-1].strip()
    move = f"echo {device} > /sys/bus/pci/drivers/%s/unbind; echo {device} > /sys/bus/pci/drivers/%s/bind"
    guest.run("modprobe turned_uart")
    guest.run(move % ("serial", "turned_uart"))
    yield Line(guest, "turned_uart")
    guest.run(move % ("turned_uart", "serial"))
    guest.run("modprobe -r turned_uart")


@contextlib.contextmanager
def traced(guest):
    """Give what tells, in the block and after it, what was written in it to the registers of all UARTs."""
    log = guest.place / "qemu.log"
    begun = log.stat().st_size

    def written():
        told = log.read_bytes()[begun:].decode(errors="replace")
        return [(int(one[1], 16), int(one[2], 16)) for one in WRITTEN.finditer(told)]

    guest.qmp.raw("trace-event-set-state", {"name": TRACED, "enable": True})
    try:
        yield written
    finally:
        guest.qmp.raw("trace-event-set-state", {"name": TRACED, "enable": False})


def turns(written):
    """Give RTS after each write of the modem control register, with the place of that write."""
    return [(at, bool(value & RTS)) for at, (register, value) in enumerate(written) if register == MODEM_CONTROL]


def is_within(frame, written):
    """Whether these bytes were sent in their order; the shell's own line may have sent others between them."""
    sent = iter([value for register, value in written if register == DATA])
    return all(byte in sent for byte in frame)


def listens(written):
    """Whether the kernel has turned the pair back and asks for what comes; what came before, it throws away."""
    at, speaks = turns(written)[-1]
    return not speaks and any(one == INTERRUPTS and value & RECEIVED for one, value in written[at:])


class DomeAtAPair(Dome):
    """A dome that answers when the line is free for it, however slow the machine is."""

    def __init__(self, line, written):
        super().__init__(line)
        self._written = written

    def answer(self, frame):
        while not listens(self._written()) and not self.ended.wait(0.01):
            pass
        return super().answer(frame)


def domes(line, *more):
    return "\n".join(
        ['kind = "ptz_bus"', 'name = "DOMES"', 'driver = "serial"', 'bus = "line"', f'port = "{line.tty}"', *more]
    )


def speak(board, line):
    board.ask("ptz_bus", "DOMES", "act", dome={"address": 1}, action="preset_goto", number=5)
    assert line.hear(lambda one: len(one) >= len(GOTO)) == GOTO


@pytest.mark.covers("D-HW-08", "D-PTZ-01.4")
def test_the_kernel_turns_the_pair_before_the_first_byte_and_back_after_the_last(guest, line):
    with contextlib.ExitStack() as until_the_end:
        with traced(guest) as opening:
            board = until_the_end.enter_context(Board(guest, "turned", devices(domes(line))))
            assert board.state("DOMES")["online"], board.state("DOMES")
        _at, speaks = turns(opening())[-1]
        assert not speaks, "a line at rest must listen"
        with traced(guest) as written:
            speak(board, line)
            speak(board, line)
            guest.run("true")  # what follows the last byte was done by the time that this is answered
    registers = written()
    told = turns(registers)
    assert [on for _at, on in told] == [True, False, True, False]
    for (begun, _on), (ended, _off) in zip(told[::2], told[1::2], strict=True):
        assert is_within(GOTO, registers[begun:ended])
    sent = [value for register, value in registers if register == DATA]
    assert sent.count(GOTO[0]) == 2, "a byte went out while the pair was turned to listen"


@pytest.mark.covers("D-HW-08")
def test_a_turned_pair_hears_what_a_dome_answers(guest, line):
    with (
        traced(guest) as written,
        DomeAtAPair(line, written),
        Board(guest, "answers", devices(domes(line))) as board,
    ):
        assert where_it_looks(board, Told) == pytest.approx(Dome.LOOK, abs=0.001)


def test_a_line_whose_adapter_turns_by_itself_is_never_turned_by_the_kernel(guest, line):
    with Board(guest, "adapter", devices(domes(line, "rs485 = false"))) as board, traced(guest) as written:
        speak(board, line)
        guest.run("true")
    assert turns(written()) == []
    assert is_within(GOTO, written())
