"""Relays of a Modbus box, against a server of libmodbus on a pty pair and by TCP."""

import pytest

from hal.drivers.relay.modbus import LOOK_S, ModbusRelay
from hal.errors import Offline
from tests.hal.contracts.relay import RelayContract
from tests.hal.fakes.clock import let_pass
from tests.hal.fakes.modbus import UNIT, ModbusRig


class RelayRig(ModbusRig):
    def __init__(self, place, how, **options):
        super().__init__(place, how, lambda *where: ModbusRelay("K2", *where, coil=2, unit=UNIT, **options))

    def conducts(self):
        return self.box.coil(2) is not self.device.state.normally_closed


@pytest.mark.peer("libmodbus")
@pytest.mark.covers("D-HW-10", "D-ALM-04", "D-ALM-08")
class TestModbusRelay(RelayContract):
    @pytest.fixture(params=["tcp", "rtu"])
    def rig(self, tmp_path, request):
        rig = RelayRig(tmp_path, request.param)
        yield rig
        rig.end()


@pytest.fixture
def rig(tmp_path):
    rig = RelayRig(tmp_path, "tcp")
    yield rig
    rig.end()


@pytest.mark.peer("libmodbus")
def test_a_box_that_forgot_is_told_again(rig):
    rig.device.open()
    rig.device.switch(closed=True)
    rig.box.set_coil(2, closed=False)
    let_pass(rig.device, rig.clock, LOOK_S + 0.1)
    assert rig.box.coil(2)
    assert not any(rig.box.coil(number) for number in range(32) if number != 2)


@pytest.mark.peer("libmodbus")
def test_a_box_that_is_gone_is_told_and_its_relays_do_not_wait_one_after_another(rig):
    others = [ModbusRelay(f"K{n}", rig.boxed.machine, rig.boxed.place, coil=n, unit=UNIT) for n in range(4, 8)]
    rig.device.open()
    rig.box.stop()
    with pytest.raises(Offline, match="box 3 does not answer"):
        rig.device.switch(closed=True)
    for relay in others:
        with pytest.raises(Offline, match="a moment ago"):
            relay.open()
        relay.close()
    rig.box.start()
    rig.clock.now_s += 6
    rig.device.close()
    rig.device.open()
    rig.device.switch(closed=True)
    assert rig.box.coil(2)


@pytest.mark.peer("libmodbus")
def test_a_relay_that_the_box_has_not_is_told_in_words(rig):
    relay = ModbusRelay("K99", rig.boxed.machine, rig.boxed.place, coil=99, unit=UNIT)
    with pytest.raises(Offline, match="it has no such input or relay"):
        relay.open()
    relay.close()
