"""What every set of keys promises."""

from hal.kinds.key import HOLDS_S, KeyAction
from hal.machine import Machine
from hal.simulated.key import SimulatedKey
from tests.hal.contracts.device import DeviceContract, SimulatedRig

PRESSED, HELD, RELEASED = KeyAction.PRESSED, KeyAction.HELD, KeyAction.RELEASED


class KeyContract(DeviceContract):
    """Its rig's `press(key)` and `release(key)` are a finger; `pass_s` lets time go by; `heard()` what was told."""

    def test_a_press_and_a_release_are_told(self, rig):
        rig.device.open()
        rig.press("power")
        assert rig.device.state.down == {"power"}
        rig.release("power")
        assert rig.heard() == [("power", PRESSED, False), ("power", RELEASED, False)]
        assert rig.device.state.down == frozenset()

    def test_a_key_that_is_held_says_so_while_it_is_down(self, rig):
        rig.device.open()
        for key in ("power", "reset"):
            rig.press(key)
            rig.pass_s(HOLDS_S[key] - 0.01)
            assert rig.heard()[-1] == (key, PRESSED, False)
            rig.pass_s(0.02)
            assert rig.heard()[-1] == (key, HELD, True)
            rig.pass_s(60)
            rig.release(key)
            assert rig.heard()[-2:] == [(key, HELD, True), (key, RELEASED, True)]

    def test_two_keys_are_held_each_for_its_own_time(self, rig):
        rig.device.open()
        rig.press("reset")
        rig.pass_s(1)
        rig.press("power")
        rig.pass_s(3.01)
        assert rig.heard()[2:] == [("power", HELD, True)]
        rig.pass_s(6)
        assert rig.heard()[3:] == [("reset", HELD, True)]

    def test_a_key_that_was_down_at_the_end_is_not_held_at_the_next_start(self, rig):
        rig.device.open()
        rig.press("power")
        rig.device.close()
        assert rig.device.wanted_s is None
        assert rig.device.state.down == frozenset()


class KeyTime:
    """A clock for keys, and what they told."""

    def __init__(self):
        self.now_s = 100.0
        self.machine_s = lambda: self.now_s

    def begin(self, device):
        self._heard = []
        self._device = device
        device.hear(self._heard.append)

    def pass_s(self, seconds):
        """Let time go by, polling as a worker does."""
        end_s = self.now_s + seconds
        while self._device.wanted_s is not None and self._device.wanted_s <= end_s:
            self.now_s = self._device.wanted_s
            self._device.poll()
        self.now_s = end_s

    def heard(self):
        return [(event.key, event.action, event.long) for event in self._heard]


class Simulated(KeyTime, SimulatedRig):
    def __init__(self):
        KeyTime.__init__(self)
        SimulatedRig.__init__(self, SimulatedKey("FRONT", Machine(monotonic_s=self.machine_s)))
        self.begin(self.device)

    def press(self, key):
        self.device.press(key=key)

    def release(self, key):
        self.device.release(key=key)
