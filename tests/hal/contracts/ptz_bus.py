"""What every line with domes promises. The dome at its end sees nothing but bytes."""

import pytest

from hal.errors import BadRequest, HalError, Offline, Unsupported
from hal.kinds.ptz_bus import HELD_S, Action, Dome, PtzProtocol
from hal.machine import Machine
from hal.simulated.dome import VISCA_STEPS
from hal.simulated.ptz_bus import SimulatedPtzBus
from tests.hal.contracts.device import DeviceContract, SimulatedRig
from tests.hal.fakes.clock import Clock, let_pass

SPOKEN = {"steps_per_degree": VISCA_STEPS}


class PtzBusContract(DeviceContract):
    """Its rig's `dome(address)` is the dome at the end of the line, `cut()` and `mended()` act on the cable."""

    protocols = tuple(PtzProtocol)
    address = 1
    examples = {  # noqa: RUF012
        "move": {"dome": Dome(1), "pan": 1.0},
        "stop": {"dome": Dome(1)},
        "act": {"dome": Dome(1), "action": Action.PRESET_GOTO, "number": 1},
        "look": {"dome": Dome(1), "pan_degrees": 1.0, "tilt_degrees": 0.0, "zoom": 0.0},
        "ask": {"dome": Dome(1)},
        "abilities": {"dome": Dome(1)},
        "set_line": {"baud": 2400},
    }

    def each(self, rig):
        """Open, and give the dome in each of the protocols, at rest."""
        rig.device.open()
        for protocol in self.protocols:
            if protocol is PtzProtocol.PELCO_P1:
                continue  # the dome checks the whole frame; test_frames has its bytes
            dome = Dome(self.address, protocol, **SPOKEN)
            yield dome, rig.dome(self.address)
            rig.device.stop(dome=dome)
            self.passes(rig, 1)
            assert not rig.dome(self.address).turning, protocol

    def passes(self, rig, seconds):
        let_pass(rig.device, rig.clock, seconds)
        rig.dome(self.address).run()

    def test_a_dome_turns_and_zooms_while_it_is_asked_to_and_stops(self, rig):
        for dome, hardware in self.each(rig):
            before = (hardware.pan, hardware.zoom)
            for _held in range(4):
                rig.device.move(dome=dome, pan=0.5, zoom=1.0)
                self.passes(rig, 0.5)
                assert rig.device.state.domes[0].moving
            turned = (hardware.pan - before[0]) % 360
            assert 60 < turned < 140, dome.protocol
            assert hardware.zoom > before[1] or hardware.zoom == 1
            rig.device.stop(dome=dome)
            self.passes(rig, 0.5)
            assert not hardware.turning
            assert not rig.device.state.domes[0].moving
            rig.device.move(dome=dome, zoom=-1.0)
            self.passes(rig, 1.9)
            rig.device.move(dome=dome, zoom=-1.0)

    def test_a_dome_that_nobody_holds_any_more_stops(self, rig):
        for dome, hardware in self.each(rig):
            rig.device.move(dome=dome, tilt=-0.2)
            self.passes(rig, HELD_S - 0.3)
            assert hardware.turning, dome.protocol
            self.passes(rig, 0.6)
            assert not hardware.turning, dome.protocol

    def test_a_dome_stops_when_the_line_is_let_go(self, rig):
        rig.device.open()
        rig.device.move(dome=Dome(self.address, self.protocols[0]), pan=1.0)
        assert rig.dome(self.address).turning
        began_s = rig.clock.now_s
        rig.device.close()
        assert not rig.dome(self.address).turning
        assert rig.clock.now_s - began_s < 1, "the stop waited for nobody to hold the key"

    def test_a_dome_that_moved_when_the_line_was_lost_is_stopped_first_of_all(self, rig):
        dome = Dome(self.address, self.protocols[0])
        rig.device.open()
        rig.device.move(dome=dome, pan=1.0)
        self.passes(rig, 0.1)
        rig.cut()
        with pytest.raises(HalError):
            rig.device.stop(dome=dome)
        rig.device.close()
        assert rig.dome(self.address).turning
        rig.mended()
        rig.device.open()
        self.passes(rig, 0.5)
        assert not rig.dome(self.address).turning

    def test_a_preset_is_kept_and_called(self, rig):
        for dome, hardware in self.each(rig):
            rig.device.move(dome=dome, pan=1.0)
            self.passes(rig, 0.5)
            rig.device.stop(dome=dome)
            self.passes(rig, 0.5)
            kept = hardware.pan
            rig.device.act(dome=dome, action=Action.PRESET_SET, number=9)
            self.passes(rig, 0.5)
            rig.device.move(dome=dome, pan=-1.0)
            self.passes(rig, 1)
            rig.device.act(dome=dome, action=Action.PRESET_GOTO, number=9)
            self.passes(rig, 3)
            assert hardware.pan == pytest.approx(kept), dome.protocol
            hardware.presets.clear()

    def test_where_it_looks_is_set_and_asked_in_degrees(self, rig):
        asked = 0
        for dome, hardware in self.each(rig):
            if dome.protocol not in {PtzProtocol.PELCO_D_EXTENDED, PtzProtocol.VISCA}:
                with pytest.raises(Unsupported):
                    rig.device.look(dome=dome, pan_degrees=1, tilt_degrees=0, zoom=0)
                with pytest.raises(Unsupported):
                    rig.device.ask(dome=dome)
                continue
            asked += 1
            rig.device.look(dome=dome, pan_degrees=30.0, tilt_degrees=-12.5, zoom=0.5)
            self.passes(rig, 3)
            assert (hardware.pan, hardware.tilt) == pytest.approx((30.0, -12.5), abs=0.05)
            look = rig.device.ask(dome=dome)
            assert (look.pan_degrees, look.tilt_degrees, look.zoom) == pytest.approx((30.0, -12.5, 0.5), abs=0.05)
            assert rig.device.state.domes[0].look.pan_degrees == pytest.approx(30.0, abs=0.05)
        assert asked

    def test_what_cannot_be_meant_is_refused_and_moves_nothing(self, rig):
        rig.device.open()
        dome = Dome(self.address, self.protocols[0])
        for speed in (1.1, -2, float("nan")):
            with pytest.raises(BadRequest):
                rig.device.move(dome=dome, pan=speed)
        with pytest.raises(BadRequest):
            rig.device.move(dome=Dome(900, self.protocols[0]), pan=1)
        with pytest.raises(BadRequest):
            rig.device.act(dome=dome, action=Action.PRESET_GOTO, number=0)
        assert not rig.dome(self.address).busy

    def test_a_protocol_tells_what_it_can(self, rig):
        rig.device.open()
        can = rig.device.abilities(dome=Dome(self.address, self.protocols[-1]))
        assert Action.STOP in can.actions
        assert can.presets

    def test_a_dome_that_does_not_answer_is_told(self, rig):
        rig.device.open()
        with pytest.raises(Offline, match="does not answer"):
            rig.device.ask(dome=Dome(7, PtzProtocol.VISCA, **SPOKEN))

    def test_a_line_is_set_anew_and_its_domes_are_stopped_before(self, rig):
        rig.device.open()
        rig.device.move(dome=Dome(1), pan=1.0)
        rig.device.set_line(baud=2400)
        assert not rig.dome(1).turning
        assert rig.device.state.baud == 2400
        rig.device.move(dome=Dome(1), pan=1.0)
        assert rig.dome(1).turning
        with pytest.raises(BadRequest):
            rig.device.set_line(baud=3)


class Simulated(SimulatedRig):
    def __init__(self):
        self.clock = Clock()
        super().__init__(SimulatedPtzBus("PTZ", Machine(monotonic_s=self.clock, sleep_s=self.clock.sleep)))

    def dome(self, address):
        return self.device.domes[address]

    def cut(self):
        self.device.break_down()

    def mended(self):
        self.device._broken = ""
