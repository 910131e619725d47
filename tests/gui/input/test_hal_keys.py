"""Whatever somebody touches silences the buzzer, without a login, until it is asked for again."""

import subprocess
import sys
import threading

import pytest

from gui.input.hal_keys import HalKeys
from gui.toolkit.event import Key, Move
from hal.client import HalClient
from hal.client.kinds import BuzzerState
from tests.gui.rig import Rig


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The socket of the hardware service of the simulated board."""
    found = tmp_path_factory.mktemp("hal") / "hal.sock"
    command = [sys.executable, "-m", "hal", "--socket", str(found), "--board", "simulated"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield found
        process.terminate()


def until(look):
    over = threading.Event()
    for _try in range(1200):
        if look():
            return
        over.wait(0.05)
    raise AssertionError("not seen")


@pytest.mark.covers("D-LINK-10")
@pytest.mark.parametrize("touch", [Key("ok"), Key("9", "9"), Move(5, 5)])
def test_a_key_or_the_mouse_silences_it_until_it_is_asked_for_again(place, touch):
    rig = Rig()
    keys = HalKeys(place, rig.screen, None, None)
    keys.start()
    try:
        with HalClient(place, timeout_s=60) as hal:
            (name,) = [one.name for one in hal.devices() if isinstance(one, BuzzerState)]

            def sounds():
                return next(one.sounds for one in hal.devices() if one.name == name)

            for _time in range(2):
                hal.call("buzzer", name, "play", sound="alarm")
                until(lambda: name in keys._sounding)
                rig.screen.handle(touch)
                until(lambda: not sounds())
            until(lambda: not keys._sounding)
            hal.call("buzzer", name, "play", sound="alarm")
            until(lambda: name in keys._sounding)
            keys.hush()
            until(lambda: not sounds())
    finally:
        keys.close()
