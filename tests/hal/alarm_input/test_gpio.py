import pytest

from hal.drivers.alarm_input.gpio import GpioAlarmInput
from hal.machine import Machine
from tests.hal.contracts.alarm_input import AlarmInputContract
from tests.hal.contracts.device import Rig
from tests.hal.fakes.clock import Clock, let_pass
from tests.hal.fakes.gpio import Kernel


class GpioRig(Rig):
    def __init__(self, place, **options):
        self.clock = Clock()
        self.kernel = Kernel(place, {"gpiochip0": ["ALM1", "ALM2"]})
        self.active_low = options.get("active_low", True)
        self.normally_closed = options.get("normally_closed", False)
        machine = Machine(dev=self.kernel.dev, monotonic_s=self.clock, ioctl=self.kernel.ioctl)
        super().__init__(GpioAlarmInput("IN2", machine, "ALM2", **options))
        self.contact(active=False)

    def contact(self, *, active):
        closed = active is not self.normally_closed
        self.kernel.move("ALM2", high=closed is not self.active_low)

    def move(self, *, active):
        self.contact(active=active)
        self.device.readable()

    def lose(self):
        self.kernel.lose()


@pytest.mark.covers("D-HW-09", "D-ALM-03")
class TestGpioAlarmInput(AlarmInputContract):
    @pytest.fixture(params=[{}, {"active_low": False}, {"normally_closed": True}])
    def rig(self, tmp_path, request):
        return GpioRig(tmp_path, **request.param)


def test_the_kernel_is_asked_to_debounce_and_to_pull(tmp_path):
    rig = GpioRig(tmp_path, debounce_ms=12.5, bias="up")
    rig.device.open()
    line = rig.kernel.line("ALM2")
    assert (line.debounce_us, line.flags) == (12500, 4 | 0x10 | 0x20 | 0x100 | 2)


@pytest.mark.parametrize("edges", [65, 200, 201])
def test_edges_that_the_kernel_dropped_do_not_leave_a_wrong_level(tmp_path, edges):
    rig = GpioRig(tmp_path)
    rig.device.open()
    for number in range(edges):
        rig.contact(active=number % 2 == 0)
    rig.device.readable()
    assert rig.device.state.active is (edges % 2 == 1)


def test_a_gap_in_the_numbers_of_the_edges_is_resolved_by_the_level(tmp_path):
    rig = GpioRig(tmp_path)
    rig.device.open()
    line = rig.kernel.line("ALM2")

    def dropped():
        line.sequence += 1
        line.high = not line.high

    rig.move(active=True)
    dropped()
    rig.contact(active=True)
    dropped()
    rig.device.readable()
    assert not rig.device.state.active


def test_a_level_whose_edge_was_never_told_is_seen_by_looking(tmp_path):
    rig = GpioRig(tmp_path)
    rig.device.open()
    rig.kernel.line("ALM2").high = False
    let_pass(rig.device, rig.clock, 11)
    assert rig.device.state.active


def test_the_worker_wakes_at_an_edge(tmp_path):
    import threading

    from hal.worker import Worker

    rig, seen = GpioRig(tmp_path), threading.Event()
    rig.device.watch(lambda state: seen.set() if state.active else None)
    worker = Worker("gpio", [rig.device])
    worker.start()
    assert worker.opened.wait(30)
    rig.contact(active=True)
    assert seen.wait(30)
    worker.stop(30)
