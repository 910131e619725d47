import pytest

from hal.drivers.relay.gpio import GpioRelay
from hal.errors import Offline
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.relay import RelayContract
from tests.hal.fakes.clock import Clock
from tests.hal.fakes.gpio import Kernel


class GpioRig(Rig):
    def __init__(self, place, **options):
        self.clock = Clock()
        self.kernel = Kernel(place, {"gpiochip0": ["", "OUT2"], "gpiochip1": ["spare", "OUT1"]})
        machine = Machine(dev=self.kernel.dev, monotonic_s=self.clock, ioctl=self.kernel.ioctl)
        self.active_low = options.get("active_low", False)
        super().__init__(GpioRelay("OUT1", machine, "OUT1", **options))

    def conducts(self):
        """The coil at the pin, and which of the relay's terminals is wired."""
        coil = self.kernel.line("OUT1").high is not self.active_low
        return coil is not self.device.state.normally_closed

    def lose(self):
        self.kernel.lose()


@pytest.mark.covers("D-HW-10", "D-ALM-08")
class TestGpioRelay(RelayContract):
    @pytest.fixture(params=[{}, {"active_low": True}, {"normally_closed": True}])
    def rig(self, tmp_path, request):
        return GpioRig(tmp_path, **request.param)


def test_an_output_never_closes_while_it_is_taken(tmp_path):
    rig = GpioRig(tmp_path, active_low=True)
    levels, asked = [], rig.kernel.ioctl

    def watched(*arguments):
        done = asked(*arguments)
        levels.append(rig.conducts())
        return done

    object.__setattr__(rig.device._machine, "ioctl", watched)
    rig.kernel.line("OUT1").high = True
    rig.device.open()
    assert not any(levels)


@pytest.mark.parametrize(
    ("named", "told"), [("OUT7", "no GPIO line is called OUT7"), ("twin", r"more than one .* \(gpiochip0, gpiochip1\)")]
)
def test_a_line_that_is_not_there_or_not_alone_is_told(tmp_path, named, told):
    kernel = Kernel(tmp_path, {"gpiochip0": ["twin"], "gpiochip1": ["", "twin"]})
    with pytest.raises(Offline, match=told):
        GpioRelay("K", Machine(dev=kernel.dev, ioctl=kernel.ioctl), named).open()


def test_a_line_that_somebody_else_holds_is_told_with_who(tmp_path):
    kernel = Kernel(tmp_path, {"gpiochip0": ["OUT1"]})
    kernel.line("OUT1").consumer = "spi0"
    with pytest.raises(Offline, match="held by spi0"):
        GpioRelay("K", Machine(dev=kernel.dev, ioctl=kernel.ioctl), "OUT1").open()


@pytest.mark.parametrize("named", ["gpiochip1/1", "pinctrl-1/1"])
def test_a_chip_without_names_is_driven_by_number(tmp_path, named):
    kernel = Kernel(tmp_path, {"gpiochip0": ["", ""], "gpiochip1": ["", ""]})
    relay = GpioRelay("K", Machine(dev=kernel.dev, ioctl=kernel.ioctl), named)
    relay.open()
    relay.switch(closed=True)
    assert [line.high for lines in kernel.chips.values() for line in lines] == [False, False, False, True]
    relay.close()
