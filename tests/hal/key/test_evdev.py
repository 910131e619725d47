import os
from pathlib import Path

import pytest

from hal.drivers.key.evdev import TAG, EvdevKeys
from hal.errors import BadAnswer, Offline
from hal.kernel.input import EV_KEY, EV_SYN, SYN_DROPPED, InputEvent, parse
from hal.kernel.key_codes import KEY_CODES
from hal.kinds.key import KeyAction
from hal.machine import Machine
from hal.worker import Worker
from tests.hal.contracts.device import Rig
from tests.hal.contracts.key import KeyContract, KeyTime

# struct input_event of x86-64: seconds, microseconds, EV_KEY, KEY_POWER, pressed; then SYN_REPORT.
POWER_PRESSED = bytes.fromhex("e8030000000000000a000000000000000100740001000000")
REPORT = bytes.fromhex("e8030000000000000a000000000000000000000000000000")
CODES = {"power": KEY_CODES["KEY_POWER"], "reset": KEY_CODES["KEY_RESTART"]}


class FakeNode:
    """An input device behind a pipe, as the kernel's is behind a descriptor."""

    def __init__(self):
        self.ear, self.mouth = os.pipe2(os.O_NONBLOCK)
        self.held = set()
        self.closed = False

    def fileno(self):
        return self.ear

    def events(self):
        try:
            data = os.read(self.ear, 4096)
        except BlockingIOError:
            return []
        if not data:
            raise OSError(19, "No such device")
        return parse(data)

    def down(self):
        return frozenset(self.held)

    def close(self):
        self.closed = True

    def event(self, code, value, kind=EV_KEY):
        os.write(self.mouth, InputEvent(kind, code, value).packed() + REPORT)


class EvdevRig(KeyTime, Rig):
    def __init__(self, *, keys=None):
        KeyTime.__init__(self)
        self.nodes = {Path("/dev/input/event0"): FakeNode(), Path("/dev/input/event3"): FakeNode()}
        machine = Machine(monotonic_s=self.machine_s, input_nodes=self.tagged, open_keys=self.nodes.__getitem__)
        Rig.__init__(self, EvdevKeys("FRONT", machine, keys=keys))
        self.begin(self.device)
        self.node = self.nodes[Path("/dev/input/event3")]
        self.gone = False

    def tagged(self, tag):
        assert tag == TAG
        return [] if self.gone else list(self.nodes)

    def lose(self):
        self.gone = True

    def press(self, key):
        self.node.event(CODES[key], 1)
        self.device.readable()

    def release(self, key):
        self.node.event(CODES[key], 0)
        self.device.readable()


@pytest.fixture
def rig():
    return EvdevRig()


class TestEvdevKeys(KeyContract):
    @pytest.fixture
    def rig(self, rig):
        return rig


def test_the_kernels_bytes_are_understood(rig):
    rig.device.open()
    os.write(rig.node.mouth, POWER_PRESSED + REPORT)
    rig.device.readable()
    assert rig.heard() == [("power", KeyAction.PRESSED, False)]
    assert parse(POWER_PRESSED) == [InputEvent(1, 116, 1, 1_000_000_010)]
    assert InputEvent(1, 116, 1, 1_000_000_010).packed() == POWER_PRESSED


def test_half_an_event_is_told_with_its_bytes(rig):
    rig.device.open()
    os.write(rig.node.mouth, POWER_PRESSED[:10])
    with pytest.raises(BadAnswer, match="e8 03 00"):
        rig.device.readable()


def test_the_kernels_own_repeats_are_no_presses(rig):
    rig.device.open()
    rig.press("power")
    rig.node.event(CODES["power"], 2)
    rig.device.readable()
    assert len(rig.heard()) == 1


def test_keys_released_while_the_queue_ran_over_are_let_go(rig):
    rig.device.open()
    rig.press("power")
    rig.node.held = {CODES["reset"]}
    rig.node.event(SYN_DROPPED, 0, EV_SYN)
    rig.device.readable()
    assert rig.device.state.down == {"reset"}
    assert ("power", KeyAction.RELEASED, False) in rig.heard()


def test_a_board_names_its_own_keys():
    rig = EvdevRig(keys={"KEY_F1": "menu"})
    rig.device.open()
    rig.node.event(KEY_CODES["KEY_F1"], 1)
    rig.device.readable()
    assert rig.device.state.down == {"menu"}


def test_a_key_that_no_kernel_has_is_told():
    rig = EvdevRig(keys={"KEY_TEAPOT": "tea"})
    with pytest.raises(Offline, match="KEY_TEAPOT"):
        rig.device.open()


def test_a_node_that_another_program_holds_leaves_none_open(rig):
    first, second = rig.nodes.values()

    def opened(path):
        if path.name == "event3":
            raise Offline(f"{path}: another program holds it")
        return first

    rig.device._machine = Machine(input_nodes=rig.tagged, open_keys=opened)
    with pytest.raises(Offline, match="another program"):
        rig.device.open()
    rig.device.close()
    assert first.closed
    assert not second.closed


def test_a_held_key_is_told_by_the_worker_while_the_finger_is_still_there():
    class Clock:
        now_s = 50.0

        def __call__(self):
            return self.now_s

    clock = Clock()
    node = FakeNode()
    machine = Machine(
        monotonic_s=clock, input_nodes=lambda _tag: [Path("/dev/input/event0")], open_keys=lambda _p: node
    )
    keys = EvdevKeys("FRONT", machine)
    heard = []
    keys.hear(lambda event: heard.append((event.key, event.action)))
    worker = Worker("keys", [keys], clock)
    worker.start()
    assert worker.opened.wait(30)
    node.event(CODES["reset"], 1)
    while not heard:
        worker.ask(lambda: None).result(30)
    clock.now_s += 4.9
    worker.ask(lambda: None).result(30)
    worker.ask(lambda: None).result(30)
    assert heard == [("reset", KeyAction.PRESSED)]
    clock.now_s += 0.2
    worker.ask(lambda: None).result(30)
    worker.ask(lambda: None).result(30)
    assert heard == [("reset", KeyAction.PRESSED), ("reset", KeyAction.HELD)]
    worker.stop(30)
