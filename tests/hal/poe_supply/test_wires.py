"""Camera net and front panel see which camera hangs where, and whether it has power."""

from hal.machine import Machine
from hal.poe.budget import Budget
from hal.simulated.poe_supply import SimulatedPoeSupply
from hal.simulated.wires import Wire, wires_of
from tests.hal.contracts.poe_supply import machine_of
from tests.hal.fakes.clock import Clock


def test_a_wire_tells_its_camera_and_its_power():
    clock = Clock()
    machine = machine_of(clock, None)
    supply = SimulatedPoeSupply("PSE", machine, Budget(100.0))
    seen = []
    wires_of(machine).watch(lambda before, after: seen.append((before, after)))
    supply.open()
    supply.plug(port=3, camera="cam3")
    assert wires_of(machine).at("PSE", 3) == Wire("PSE", 3, "cam3", powered=False)
    for _ in range(6):
        clock.now_s += 1
        supply.poll()
    assert machine.world["wires"].all() == (Wire("PSE", 3, "cam3", powered=True),)
    assert supply.plugged() == {"3": "cam3"}
    supply.disable(port=3)
    assert not wires_of(machine).at("PSE", 3).powered
    supply.unplug(port=3)
    assert wires_of(machine).all() == ()
    off, on = Wire("PSE", 3, "cam3"), Wire("PSE", 3, "cam3", powered=True)
    assert seen == [(None, off), (off, on), (on, off), (off, None)]


def test_boards_do_not_share_their_wires():
    assert wires_of(Machine()) is not wires_of(Machine())
