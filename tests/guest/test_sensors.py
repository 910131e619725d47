"""Sensors, fans, clocks and supplies that the kernel drives: chips of i2c-stub, the machine's own clock, test_power."""

import pytest

from tests.guest.board import Board, devices
from tests.guest.chips import Chips

FAN, HYM, RICOH = 0x4E, 0x51, 0x32
SET_S = 1_935_817_689
"""2031-05-06 07:08:09 UTC, a Tuesday."""
SET_BCD = bytes([0x09, 0x08, 0x07, 0x06, 0x02, 0x05, 0x31])
"""The same in a HYM8563: second, minute, hour, day, day of the week, month, year."""


@pytest.fixture(scope="module")
def chips(guest):
    with Chips(guest, FAN, HYM, RICOH) as made:
        yield made


@pytest.fixture
def clock_of(guest, chips):
    """Have the kernel's driver take a clock chip; gives the clock's name in /dev."""
    taken = []

    def take(driver, address, module):
        taken.append(address)
        return guest.run(f"ls {chips.give_to_the_kernel(driver, address, module)}/rtc").strip()

    yield take
    for one in taken:
        chips.take_from_the_kernel(one)


def clock(device):
    return devices(f'kind = "clock"\nname = "RTC"\ndriver = "rtc"\ndevice = "{device}"')


@pytest.mark.covers("D-MNT-05")
def test_a_fan_follows_is_counted_stalls_and_runs_full_when_the_service_ends(guest, chips):
    """An AMC6821: its duty stands in 0x22, its counter in 0x08 (6 000 000 over turns a minute), its mode in 0x00."""
    chips.write(FAN, 0x00, 0x60)  # it began by its own curve
    chips.write(FAN, 0x0A, 47)
    chips.write(FAN, 0x14, 80)
    chips.write(FAN, 0x1B, 90)
    chips.write_word(FAN, 0x08, 5000)
    chips.give_to_the_kernel("amc6821", FAN)
    tables = devices(
        'kind = "fan"\nname = "FAN1"\ndriver = "hwmon"\nbus = "hwmon"\nchip = "amc6821"',
        'kind = "temperature"\nname = "CPU"\ndriver = "hwmon"\nbus = "hwmon"\nchip = "amc6821"',
    )
    with Board(guest, "fan", tables) as board:
        fan, cpu = (board.wait(name, lambda one: one["online"], "the chip") for name in ("FAN1", "CPU"))
        assert (fan["rpm"], fan["duty_percent"], fan["stalled"]) == (1200, 100, False)
        assert (cpu["celsius"], cpu["high_celsius"], cpu["critical_celsius"]) == (47.0, 80.0, 90.0)
        assert (chips.read(FAN, 0x22), chips.read(FAN, 0x00) & 0x60) == (255, 0)
        board.ask("fan", "FAN1", "set_duty", percent=40)
        assert chips.read(FAN, 0x22) == 102
        chips.write(FAN, 0x0A, 95)
        board.wait("CPU", lambda one: one["celsius"] == 95.0, "heat")
        chips.write_word(FAN, 0x08, 0)
        board.wait("FAN1", lambda one: one["stalled"] and one["rpm"] == 0, "the stall")
        chips.write_word(FAN, 0x08, 10000)
        board.wait("FAN1", lambda one: not one["stalled"] and one["rpm"] == 600, "the fan")
        # The chip goes and comes back, under another number.
        chips.take_from_the_kernel(FAN)
        board.wait("CPU", lambda one: not one["online"], "the chip's end")
        chips.give_to_the_kernel("amc6821", FAN)
        board.wait("CPU", lambda one: one["online"], "the chip's return")
        board.wait("FAN1", lambda one: one["online"], "the fan's return")
        board.ask("fan", "FAN1", "set_duty", percent=40)
    assert chips.read(FAN, 0x22) == 255
    chips.take_from_the_kernel(FAN)


def test_the_machines_own_clock_is_read_and_set(guest):
    since = "cat /sys/class/rtc/rtc0/since_epoch; date +%s"
    with Board(guest, "cmos", clock("rtc0")) as board:
        state = board.wait("RTC", lambda one: one["online"], "the clock")
        assert abs(state["offset_s"]) <= 2
        assert (state["battery"], state["trusted"]) == ("unknown", True)
        began = int(guest.run("date +%s"))
        try:
            board.ask("clock", "RTC", "set", wall_s=began + 3600)
            shows, now = map(int, guest.run(since).split())
            assert 3595 < shows - now <= 3600
            assert 3595 < board.state("RTC")["offset_s"] <= 3600
        finally:
            board.ask("clock", "RTC", "set", wall_s=int(guest.run("date +%s")))
        shows, now = map(int, guest.run(since).split())
        assert abs(shows - now) <= 5


@pytest.mark.covers("D-HW-20")
def test_a_clock_that_lost_its_time_is_told_not_believed_and_set(guest, chips, clock_of):
    """A HYM8563, as on boards of ours: bit 7 of its seconds says that the voltage was too low."""
    chips.write(HYM, 0x02, *SET_BCD)
    device = clock_of("hym8563", HYM, "rtc-hym8563")
    with Board(guest, "hym", clock(device)) as board:
        state = board.wait("RTC", lambda one: one["online"], "the clock")
        assert state["trusted"]
        assert abs(state["offset_s"] - (SET_S - int(guest.run("date +%s")))) <= 60
        chips.write(HYM, 0x02, 0x89)
    with Board(guest, "hym", clock(device)) as board:
        state = board.state("RTC")
        assert (state["online"], state["battery"], state["trusted"]) == (True, "empty", False)
        chips.write(HYM, 0x03, *[0] * 6)
        board.ask("clock", "RTC", "set", wall_s=SET_S)
        assert chips.read_all(HYM, 0x02, 7) == SET_BCD
        assert board.state("RTC")["trusted"]


@pytest.mark.covers("D-HW-20")
def test_the_state_of_a_clocks_battery_is_told(guest, chips, clock_of):
    """An R2221TL: bit 6 of control 2: the battery is low, bit 5: the clock stopped; the stub has it twice."""

    def control(bits):
        chips.write(RICOH, 0x0F, bits)
        chips.write(RICOH, 0xF0, bits)

    chips.write(RICOH, 0x00, 0x09, 0x08, 0x07, 0x02, 0x06, 0x05, 0x31)
    chips.write(RICOH, 0xE0, 0x20)
    chips.write(RICOH, 0x0E, 0x20)
    device = clock_of("r2221tl", RICOH, "rtc-rs5c372")
    for bits, battery, trusted in ((0x40, "low", True), (0x60, "empty", False)):
        control(bits)
        with Board(guest, "ricoh", clock(device)) as board:
            state = board.wait("RTC", lambda one: one["online"], "the clock")
            assert (state["battery"], state["trusted"]) == (battery, trusted)


@pytest.mark.covers("D-HW-16")
def test_the_kernels_supplies_tell_mains_and_battery(guest):
    guest.run("modprobe test_power")
    parameters = "/sys/module/test_power/parameters"
    tables = devices(
        'kind = "supply"\nname = "PSU"\ndriver = "power_supply"\nbus = "power"\nsupply = "test_ac"',
        'kind = "supply"\nname = "UPS"\ndriver = "power_supply"\nbus = "power"\nsupply = "test_battery"',
    )
    try:
        guest.run(f"echo on > {parameters}/ac_online; echo charging > {parameters}/battery_status")
        with Board(guest, "supplies", tables) as board:
            psu, ups = (board.wait(name, lambda one: one["online"], "the supply") for name in ("PSU", "UPS"))
            assert (psu["source"], ups["source"]) == ("mains", "mains")
            guest.run(f"echo off > {parameters}/ac_online; echo discharging > {parameters}/battery_status")
            guest.run(f"echo 37 > {parameters}/battery_capacity; echo dead > {parameters}/battery_health")
            board.wait("PSU", lambda one: one["source"] == "nothing", "the mains' end")
            ups = board.wait("UPS", lambda one: one["charge_percent"] == 37 and one["replace_battery"], "the battery")
            assert (ups["source"], ups["replace_battery"]) == ("battery", True)
            guest.run("modprobe -r test_power")
            state = board.wait("UPS", lambda one: not one["online"], "the supply's end")
            assert state["reason"]
    finally:
        guest.run("modprobe -r test_power", check=False)
