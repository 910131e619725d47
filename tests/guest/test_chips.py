"""Drivers of chips on a bus of the kernel (i2c-stub), which the test plays by their registers."""

import signal

import pytest

from tests.guest.board import Board, Told, devices
from tests.guest.chips import Chips

LTC, TI, SI, IP, PD = 0x20, 0x28, 0x2C, 0x30, 0x3C
BUDGET = "budget = { watts = 60.0 }"
STATUS, POWER_STATUS, MODE, DISCONNECT, DETECT, POWER = 0x0C, 0x10, 0x12, 0x13, 0x14, 0x19
VENDOR, HIGH_POWER, CURRENT, VOLTAGE = 0x1B, 0x44, 0x30, 0x32


@pytest.fixture(scope="module")
def chips(guest):
    with Chips(guest, LTC, TI, SI, SI + 1, IP, PD) as made:
        yield made


def quad(chips, name, chip, address):
    about = f'kind = "poe_supply"\nname = "{name}"\ndriver = "quadpse"\nbus = "{chips.bus}"'
    return f'{about}\nchip = "{chip}"\naddresses = [{address}]\n{BUDGET}'


def port(state, number):
    return state["ports"][number - 1]


def begin(chips, address, vendor):
    chips.write(address, 0, *[0] * 0x70)
    chips.write(address, VENDOR, vendor)


@pytest.mark.covers("D-HW-02", "D-HW-03")
def test_a_port_of_a_register_chip_searches_finds_powers_measures_and_is_cut(guest, chips):
    begin(chips, LTC, 0x64)
    with Board(guest, "ltc", devices(quad(chips, "PSE", "ltc4266", LTC))) as board:
        state = board.wait("PSE", lambda one: one["online"], "the chip")
        assert [one["state"] for one in state["ports"]] == ["searching"] * 4
        # Semi-automatic, disconnect by current, detection and class, 30 W: the chip powers nothing by itself.
        assert chips.read_all(LTC, MODE, 3) == bytes([0xAA, 0x0F, 0xFF])
        assert chips.read(LTC, HIGH_POWER) == 0x0F
        assert chips.read(LTC, POWER) == 0

        chips.write(LTC, STATUS + 2, 0x24)  # port 3: good, class 2
        chips.wait(LTC, POWER, 0x04)
        chips.write_word(LTC, CURRENT + 8, 0.100 / 122.07e-6)
        chips.write_word(LTC, VOLTAGE + 8, 52.0 / 5.835e-3)
        chips.write(LTC, POWER_STATUS, 0x44)
        state = board.wait("PSE", lambda one: port(one, 3)["state"] == "delivering", "power")
        seen = port(state, 3)
        assert (seen["power_class"], seen["volts"], seen["milliamps"], seen["watts"]) == (2, 52.0, 100, 5.2)

        board.ask("poe_supply", "PSE", "disable", port=3)
        assert (chips.read(LTC, POWER), chips.read(LTC, DETECT)) == (0x40, 0xBB)
        chips.write(LTC, POWER_STATUS, 0)
        chips.write(LTC, STATUS + 2, 0)
        assert (
            port(board.wait("PSE", lambda one: one["used_watts"] == 0, "the port without power"), 3)["state"]
            == "disabled"
        )
        with pytest.raises(Told, match="port"):
            board.ask("poe_supply", "PSE", "enable", port=9)


@pytest.mark.covers("D-HW-02")
def test_a_port_that_trips_is_told_and_searches_again(guest, chips):
    begin(chips, LTC, 0x64)
    with Board(guest, "trips", devices(quad(chips, "PSE", "ltc4266", LTC))) as board:
        board.wait("PSE", lambda one: one["online"], "the chip")
        chips.write(LTC, 0x07, 0x02)  # port 2: the chip cut an overload
        state = board.wait("PSE", lambda one: port(one, 2)["state"] == "fault", "the fault")
        assert port(state, 2)["faults"] == ["overload"]
        chips.wait(LTC, DETECT, 0xDD)
        chips.write(LTC, 0x07, 0)
        board.wait("PSE", lambda one: port(one, 2)["state"] == "searching", "another try")
        chips.wait(LTC, DETECT, 0xFF)


@pytest.mark.covers("D-HW-02")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_camera_stays_on_when_the_service_ends_and_is_taken_over(guest, chips, how):
    begin(chips, LTC, 0x64)
    chips.write(LTC, STATUS, 0x24)
    chips.write(LTC, POWER_STATUS, 0x11)
    chips.write(LTC, MODE, 0xAA, 0x0F, 0xFF)
    chips.write_word(LTC, CURRENT, 0.080 / 122.07e-6)
    chips.write_word(LTC, VOLTAGE, 50.0 / 5.835e-3)
    table = devices(quad(chips, "PSE", "ltc4266", LTC))
    with Board(guest, "over", table) as board:
        state = board.wait("PSE", lambda one: one["online"], "the chip")
        assert (port(state, 1)["state"], port(state, 1)["watts"]) == ("delivering", 4.0)
        board.end(how)
    assert chips.read(LTC, POWER) == 0
    assert chips.read_all(LTC, MODE, 3) == bytes([0xAA, 0x0F, 0xFF])


@pytest.mark.parametrize(
    ("register", "nonsense", "right", "words"),
    [
        (VENDOR, 0xFF, None, "0x20 is no LTC4266; register 1B says: ff"),
        (POWER_STATUS, 0xF0, 0x00, "0x20 has power on ports that are off; its status says: f0"),
    ],
)
def test_a_chip_that_answers_nonsense_is_offline_with_the_bytes_and_comes_back(
    guest, chips, register, nonsense, right, words
):
    begin(chips, LTC, 0x64)
    with Board(guest, "nonsense", devices(quad(chips, "PSE", "ltc4266", LTC))) as board:
        board.wait("PSE", lambda one: one["online"], "the chip")
        chips.write(LTC, register, nonsense)
        state = board.wait("PSE", lambda one: not one["online"], "nonsense")
        assert state["reason"] == words
        assert words in board.log
        with pytest.raises(Told, match=r"no LTC4266|power on ports"):
            board.ask("poe_supply", "PSE", "disable", port=1)
        if right is not None:
            chips.write(LTC, register, right)
            board.wait("PSE", lambda one: one["online"], "the chip's recovery")


def test_a_chip_that_is_not_there_and_a_bus_that_is_not_there_are_told(guest, chips):
    tables = [quad(chips, "NOBODY", "ltc4266", 0x55)]
    tables.append(quad(chips, "NOWHERE", "ltc4266", LTC).replace(chips.bus, "i2c-77"))
    with Board(guest, "nobody", devices(*tables)) as board:
        told = [
            board.wait(name, lambda one: one["reason"] != "not opened yet", "a reason")
            for name in ("NOBODY", "NOWHERE")
        ]
        assert [one["online"] for one in told] == [False, False]
        assert told[1]["reason"] == "/dev/i2c-77: No such file or directory"
        assert told[0]["reason"] == "chip 0x55: No such device"


def test_our_measures_of_a_tps23861_are_those_of_the_kernels_own_driver(guest, chips):
    begin(chips, TI, 0x55)
    chips.write(TI, MODE, 0xAA, 0x0F, 0xFF)
    chips.write(TI, 0x2C, 0x5E)
    chips.write_word(TI, 0x2E, 53.1 / 3.662e-3)
    chips.write(TI, STATUS + 1, 0x34)
    chips.write(TI, POWER_STATUS, 0x22)
    chips.write_word(TI, CURRENT + 4, 0.1234 / 61.039e-6)
    chips.write_word(TI, VOLTAGE + 4, 51.7 / 3.662e-3)
    table = devices(quad(chips, "PSE", "tps23861", TI))
    with Board(guest, "ti", table) as board:
        ours = board.wait("PSE", lambda one: one["online"], "the chip")
    folder = chips.give_to_the_kernel("tps23861", TI)
    names = ("in1_input", "curr2_input", "in4_input", "temp1_input")
    volts, milliamps, input_volts, celsius = (int(guest.run(f"cat {folder}/hwmon/hwmon*/{one}")) for one in names)
    assert port(ours, 2)["volts"] == round(volts / 1000, 1) == 51.7
    assert port(ours, 2)["milliamps"] == pytest.approx(milliamps, abs=1)
    assert ours["input_volts"] == round(input_volts / 1000, 1) == 53.1
    assert ours["celsius"] == round(celsius / 1000)
    assert port(ours, 2)["power_class"] == 3

    # While the kernel has it, it is not ours, and nothing is written to it.
    chips.write(TI, POWER, 0)
    with Board(guest, "taken", table) as board:
        state = board.wait("PSE", lambda one: one["reason"] != "not opened yet", "a reason")
        assert state["reason"] == f"/dev/{chips.bus}: the kernel's own driver holds the chip; use it, or unbind it"
    chips.take_from_the_kernel(TI)
    assert chips.read(TI, POWER) == 0


@pytest.mark.covers("D-HW-02")
def test_a_chip_with_two_addresses_has_eight_ports(guest, chips):
    for address in (SI, SI + 1):
        begin(chips, address, 0x45)
    with Board(guest, "si", devices(quad(chips, "PSE", "si3474", SI))) as board:
        state = board.wait("PSE", lambda one: one["online"], "the chip")
        assert len(state["ports"]) == 8
        chips.write(SI + 1, STATUS + 1, 0x14)  # port 6
        chips.wait(SI + 1, POWER, 0x02)
        assert chips.read(SI, POWER) == 0
        chips.write_word(SI + 1, CURRENT + 4, 0.050 * 16384)
        chips.write_word(SI + 1, VOLTAGE + 4, 48.0 / 60 * 16384)
        chips.write(SI + 1, POWER_STATUS, 0x22)
        state = board.wait("PSE", lambda one: port(one, 6)["state"] == "delivering", "power")
        assert (port(state, 6)["volts"], port(state, 6)["milliamps"], port(state, 6)["power_class"]) == (48.0, 50, 1)


@pytest.mark.covers("D-HW-02", "D-HW-03")
def test_an_ip8008_is_given_its_budget_and_its_ports_are_switched(guest, chips):
    chips.write(IP, 0x00, *[0] * 0xF0)
    chips.write(IP, 0x00, 0x40, 0x38, 0x01)
    table = f'kind = "poe_supply"\nname = "PSE"\ndriver = "ip8008"\nbus = "{chips.bus}"\naddresses = [{IP}]\n{BUDGET}'
    with Board(guest, "ip", devices(table)) as board:
        state = board.wait("PSE", lambda one: one["online"], "the chip")
        assert len(state["ports"]) == 8
        assert chips.read(IP, 0x00) == 0x04  # page 0, kept
        assert chips.read_all(IP, 0xE8, 4) == bytes([0x00, 0xF0, 0x00, 0x3C])  # 60 W, in quarters and whole
        assert chips.read(IP, 0x81) & 0x1F == 0x1F
        for at in (0, 4):  # one a second is switched on
            chips.wait(IP, 0x10 + at, 0x01)
        chips.write(IP, 0x8E, *round(53.0 * 16).to_bytes(2, "big"))
        chips.write(IP, 0x28 + 4, 0x03)
        chips.write(IP, 0x98, *(100 * 4).to_bytes(2, "big"))
        chips.write(IP, 0xA8, *round(1.0 * 16).to_bytes(2, "big"))
        chips.write(IP, 0x60, 0x10)
        state = board.wait("PSE", lambda one: port(one, 5)["state"] == "delivering" and one["used_watts"], "power")
        assert (port(state, 5)["volts"], port(state, 5)["milliamps"], port(state, 5)["power_class"]) == (52.0, 100, 3)
        chips.write(IP, 0x60, 0)
        board.ask("poe_supply", "PSE", "disable", port=5)
        assert chips.read(IP, 0x14) == 0
        chips.write(IP, 0x01, 0x12, 0x34)
        state = board.wait("PSE", lambda one: not one["online"], "nonsense")
        assert state["reason"] == "0x30 is no IP8008, it says: 12 34"


def test_an_adapter_without_plain_messages_is_told(guest, chips):
    about = f'kind = "poe_supply"\nname = "PSE"\ndriver = "pd692x0"\nbus = "{chips.bus}"\naddress = {PD}'
    table = f"{about}\nports = 8\n{BUDGET}"
    with Board(guest, "pd", devices(table)) as board:
        state = board.wait("PSE", lambda one: one["reason"] != "not opened yet", "a reason")
        assert not state["online"]
        assert state["reason"] == "chip 0x3C: Operation not supported"
