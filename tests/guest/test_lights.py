"""Lights of the kernel's LED class (uleds): the driver switches them, and what the kernel delivers judges it."""

import signal

import pytest

from tests.guest.board import Board, devices
from tests.guest.code_volume import INSIDE_AT

POWER, ALARM, RED, BLUE = "white:power", "red:alarm", "red:fault", "blue:locate"


def light(name, leds, shows, *more):
    about = f'kind = "indicator"\nname = "{name}"\ndriver = "led_class"\nbus = "leds"'
    return "\n".join([about, f"leds = {leds}", f"shows = [{', '.join(shows)}]", *more])


def shown(meaning, light, colour):
    return f'{{ meaning = "{meaning}", light = "{light}", colour = "{colour}" }}'


TABLES = devices(
    light("POWER", f'{{ white = "{POWER}" }}', [shown("power", "steady", "white")], 'rest = "steady"'),
    light("ALARM", f'{{ red = "{ALARM}" }}', [shown("alarm", "fast", "red"), shown("recording", "steady", "red")]),
    light(
        "INFO",
        f'{{ red = "{RED}", blue = "{BLUE}" }}',
        [shown("locate", "steady", "blue"), shown("fault", "slow", "red")],
    ),
)


class Lights:
    """What the kernel had the lights do: the other side of uleds."""

    def __init__(self, guest):
        self.guest = guest
        guest.run("modprobe -a uleds ledtrig-timer")
        self.running = guest.shell.start("python3", f"{INSIDE_AT}/lights.py", POWER, ALARM, RED, BLUE)
        self.running.wait_for("shine")

    def end(self):
        self.running.signal(signal.SIGKILL)
        self.running.wait()
        self.guest.run("modprobe -r uleds ledtrig-timer")

    def seen(self, name):
        """Each brightness with its second, oldest first."""
        told = [line.split() for line in self.running.output.split("\n")[1:-1]]
        return [(int(brightness), float(at)) for one, brightness, at in told if one == name]

    def wait(self, name, brightness):
        found = lambda: self.seen(name) and self.seen(name)[-1][0] == brightness  # noqa: E731
        self.running.until(found, 60, f"{name} at {brightness}")

    def kernel(self, name, attribute):
        return self.guest.run(f"cat /sys/class/leds/{name}/{attribute}").strip()

    def trigger(self, name):
        return self.kernel(name, "trigger").partition("[")[2].partition("]")[0]


@pytest.fixture(scope="module")
def lights(guest):
    made = Lights(guest)
    yield made
    made.end()


@pytest.mark.covers("D-LED-01", "D-LED-02", "D-LED-05")
def test_the_kernel_makes_lights_shine_as_their_meaning_says(guest, lights):
    with Board(guest, "lights", TABLES) as board:
        assert board.state("ALARM")["online"], board.state("ALARM")
        lights.wait(POWER, 255)
        board.ask("indicator", "ALARM", "show", meaning="recording", holds=True)
        lights.wait(ALARM, 255)
        assert lights.trigger(ALARM) == "none"
        board.ask("indicator", "ALARM", "show", meaning="recording", holds=False)
        lights.wait(ALARM, 0)
    # Who is on while all is well stays on without us.
    assert lights.kernel(POWER, "brightness") == "255"
    assert lights.seen(POWER)[-1][0] == 255


@pytest.mark.covers("D-LED-05")
def test_the_kernel_blinks_while_we_are_stopped_and_at_its_rate(guest, lights):
    with Board(guest, "blink", TABLES) as board:
        board.ask("indicator", "ALARM", "show", meaning="alarm", holds=True)
        assert lights.trigger(ALARM) == "timer"
        assert (lights.kernel(ALARM, "delay_on"), lights.kernel(ALARM, "delay_off")) == ("125", "125")
        board.signal(signal.SIGSTOP)
        begun = len(lights.seen(ALARM))
        lights.running.until(lambda: len(lights.seen(ALARM)) >= begun + 12, 60, "blinking")
        board.signal(signal.SIGCONT)
        shone = [brightness for brightness, _at in lights.seen(ALARM)[begun:]]
        assert set(shone) == {0, 255}
        # Beneath an alarm, recording is not seen; when it is over, it is.
        board.ask("indicator", "ALARM", "show", meaning="recording", holds=True)
        assert lights.trigger(ALARM) == "timer"
        board.ask("indicator", "ALARM", "show", meaning="alarm", holds=False)
        lights.wait(ALARM, 255)
        assert lights.trigger(ALARM) == "none"


@pytest.mark.covers("V-HW-11")
def test_the_light_of_a_bay_blinks_while_its_disk_writes_and_shines_while_it_is_idle(appliance, lights, drives):
    drive = drives("lit", 64 << 20)
    path, guest = appliance.path_of(drive), appliance.guest
    shows = [shown("bay_activity", "fast", "blue"), shown("occupied", "steady", "blue")]
    tables = devices(
        light("ACT1", f'{{ blue = "{BLUE}" }}', shows, 'group = "bay 1"'),
        f'kind = "bay"\nname = "1"\ndriver = "connector"\npath = "{path}"',
    )
    with Board(guest, "bay-lights", tables) as board:
        board.wait("ACT1", lambda one: one["told"] == ["occupied"], "the disk")
        lights.wait(BLUE, 255)
        assert lights.trigger(BLUE) == "none"
        writing = guest.shell.start(f"while dd if=/dev/zero of={drive.device} bs=64k count=8 oflag=direct; do :; done")
        board.wait("ACT1", lambda one: "bay_activity" in one["told"], "writing")
        assert (lights.trigger(BLUE), lights.kernel(BLUE, "delay_on")) == ("timer", "125")
        writing.signal(signal.SIGKILL)
        board.wait("ACT1", lambda one: one["told"] == ["occupied"], "the end of writing")
        lights.wait(BLUE, 255)
        drive.pull()
        board.wait("ACT1", lambda one: one["told"] == [], "the pull")
        lights.wait(BLUE, 0)


def test_a_light_shines_where_the_kernel_has_no_timer_for_it(guest, lights):
    guest.run("modprobe -r ledtrig-timer")
    try:
        with Board(guest, "timeless", TABLES) as board:
            board.ask("indicator", "ALARM", "show", meaning="alarm", holds=True)
            lights.wait(ALARM, 255)
    finally:
        guest.run("modprobe ledtrig-timer")


def test_a_light_of_two_colours_shows_one_and_goes_dark_with_the_service(guest, lights):
    with Board(guest, "colours", TABLES) as board:
        board.ask("indicator", "INFO", "show", meaning="fault", holds=True)
        assert (lights.trigger(RED), lights.kernel(RED, "delay_on")) == ("timer", "2000")
        board.ask("indicator", "INFO", "show", meaning="locate", holds=True)
        lights.wait(BLUE, 255)
        assert lights.trigger(RED) == "none"
        assert lights.kernel(RED, "brightness") == "0"
        board.ask("indicator", "INFO", "show", meaning="locate", holds=False)
        lights.wait(BLUE, 0)
        assert lights.trigger(RED) == "timer"
    assert lights.trigger(RED) == "none"
    assert (lights.kernel(RED, "brightness"), lights.kernel(BLUE, "brightness")) == ("0", "0")
