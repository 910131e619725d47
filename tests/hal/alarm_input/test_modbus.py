"""Inputs of a Modbus box, against a server of libmodbus on a pty pair and by TCP."""

import pytest

from hal.buses.modbus import modbus_line
from hal.drivers.alarm_input.modbus import ModbusAlarmInput
from hal.drivers.relay.modbus import ModbusRelay
from hal.errors import Offline
from tests.hal.contracts.alarm_input import AlarmInputContract
from tests.hal.fakes.modbus import UNIT, ModbusRig


class InputRig(ModbusRig):
    def __init__(self, place, how, **options):
        self.normally_closed = options.get("normally_closed", False)
        options["every_ms"] = 10_000_000  # a test looks when it wants; the contract lets hours pass
        super().__init__(place, how, lambda *where: ModbusAlarmInput("IN5", *where, 5, UNIT, **options))
        self.box.move(5, closed=self.normally_closed)

    def move(self, *, active):
        self.box.move(5, closed=active is not self.normally_closed)
        self.clock.now_s += 0.05
        self.device.poll()


@pytest.mark.peer("libmodbus")
@pytest.mark.covers("D-HW-09", "D-ALM-03", "D-ALM-04")
class TestModbusAlarmInput(AlarmInputContract):
    @pytest.fixture(params=[("tcp", {}), ("rtu", {}), ("tcp", {"normally_closed": True})])
    def rig(self, tmp_path, request):
        how, options = request.param
        rig = InputRig(tmp_path, how, **options)
        yield rig
        rig.end()


@pytest.mark.peer("libmodbus")
@pytest.mark.covers("D-ALM-04")
def test_the_devices_of_a_box_share_a_connection_and_inputs_a_question(tmp_path):
    """The server takes one connection at a time: a second one would wait for ever."""
    rig = InputRig(tmp_path, "tcp")
    machine, place = rig.boxed.machine, rig.boxed.place
    inputs = [ModbusAlarmInput(f"IN{n}", machine, place, n, UNIT) for n in range(8)]
    relay = ModbusRelay("K0", machine, place, 0, UNIT)
    for device in (*inputs, relay):
        device.open()
    for number in (1, 6):
        rig.box.move(number, closed=True)
    line, asked = modbus_line(machine, place), []
    question = line._ask
    line._ask = lambda *what: asked.append(what) or question(*what)
    rig.clock.now_s += 1
    for device in inputs:
        device.poll()
    assert [device.state.active for device in inputs] == [number in {1, 6} for number in range(8)]
    assert len(asked) == 1
    relay.switch(closed=True)
    assert rig.box.coil(0)
    for device in (*inputs, relay):
        device.close()
    assert line._client is None
    rig.end()


@pytest.mark.peer("libmodbus")
def test_a_cut_line_is_told(tmp_path):
    rig = InputRig(tmp_path, "rtu")
    rig.device.open()
    rig.box.cable.cut = True
    rig.clock.now_s += 1
    with pytest.raises(Offline, match="box 3 does not answer"):
        rig.device.poll()
    rig.end()
