"""The lights at the case say how the recorder is."""

import asyncio
import subprocess
import sys

import pytest

from hal.client import HalClient
from hal.client.follower import Follower
from hal.client.kinds import IndicatorState, Meaning
from recorder.client.answers import Trouble
from recorder.client.status import DiskState, DiskStatus, MediaStatus, PoolState, PoolStatus, StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.control.lights import Lights, has_network, meanings

NOW = 1_764_000_000_000_000
POWER, NETWORK, STATUS = Meaning.POWER, Meaning.NETWORK, Meaning.STATUS
RECORDING = Meaning.RECORDING


def media(*, recording=True, disk=DiskState.WRITABLE, pool=PoolState.RECORDING, aside=False):
    stream = StreamStatus(1, StreamName.MAIN, StreamState.PLAYING, NOW, recording=recording)
    disks = (DiskStatus("Disk 1", "a" * 32, disk, 1, "", 10**13, 10**12, NOW, 10**6, set_aside=aside),)
    pools = (PoolStatus(1, "", pool, 10**13, 10**12, NOW, 10**6, 30.0),)
    return MediaStatus(NOW, 1, (stream,), disks, {1: "Yard"}, pools=pools)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (media(), {STATUS, RECORDING}),
        (media(recording=False), {STATUS}),
        (media(disk=DiskState.SLOW), {STATUS, RECORDING}),
        (media(disk=DiskState.MISSING), {RECORDING}),
        (media(disk=DiskState.MISSING, aside=True), {STATUS, RECORDING}),
        (media(pool=PoolState.OUT, recording=False), set()),
        (None, set()),
    ],
)
def test_what_is_so_is_shown(told, shown):
    assert meanings(told, network=True) == {POWER, NETWORK, *shown}
    assert meanings(told, network=False) == {POWER, *shown}
    assert meanings(told, network=False, alarm=True) == {POWER, Meaning.ALARM, *shown}
    assert meanings(told, network=False, updating=True) == {POWER, Meaning.UPDATING, *shown}


def started(place):
    command = [sys.executable, "-m", "hal", "--socket", str(place), "--board", "simulated"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize(
    ("states", "network"),
    [
        ({}, False),
        ({"lo": "up"}, False),
        ({"lo": "unknown", "lan1": "down"}, False),
        ({"lan1": "lowerlayerdown", "lan2": "up"}, True),
        ({"tun0": "unknown"}, True),
    ],
)
def test_a_network_is_an_interface_that_carries(tmp_path, states, network):
    for name, state in states.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "operstate").write_text(state + "\n")
    (tmp_path / "bonding_masters").touch()
    assert has_network(tmp_path) is network
    assert not has_network(tmp_path / "none")


@pytest.mark.anyio
@pytest.mark.covers("D-LED-01", "D-LED-02", "D-LED-04")
async def test_hal_is_told_and_told_again_after_it_was_away(tmp_path_factory):
    place = tmp_path_factory.mktemp("l") / "hal.sock"
    now = {"media": media(), "troubles": (), "updating": False}
    follower = Follower(place)
    lights = Lights(follower, lambda: now["media"], lambda: now["troubles"], lambda: True, lambda: now["updating"])
    running = [asyncio.create_task(follower.run()), asyncio.create_task(lights.run())]

    def look_until(shown):
        with HalClient(place, 30) as client:
            states = {one.name: one for one in client.watch() if isinstance(one, IndicatorState)}
            while {name: one.told for name, one in states.items() if one.told} != shown:
                if isinstance(said := client.next(), IndicatorState):
                    states[said.name] = said
        return True

    own = {"POWER": POWER, "STATUS": STATUS, "REC": RECORDING, "NET": NETWORK}

    async def lit(*names, **more):
        shown = {name: frozenset({own[name]}) for name in names} | more
        return await asyncio.to_thread(look_until, shown)

    try:
        for _life in range(2):
            with started(place) as process:
                try:
                    assert await lit("POWER", "STATUS", "REC", "NET")
                    now["media"] = media(disk=DiskState.FAILED)
                    assert await lit("POWER", "REC", "NET")
                    now["media"] = media()
                    assert await lit("POWER", "STATUS", "REC", "NET")
                    now["troubles"] = (Trouble("fan", "FAN1", "", "stalled", "Fan FAN1 does not turn.", NOW),)
                    assert await lit("POWER", "REC", "NET", STATUS=frozenset({STATUS, Meaning.FAULT}))
                    now["updating"] = True
                    more = {Meaning.FAULT, Meaning.UPDATING}
                    assert await lit("POWER", "REC", "NET", STATUS=frozenset({STATUS, *more}))
                    now["updating"] = False
                    now["troubles"] = (Trouble("array", "ARRAYS", "md0", "degraded", "A disk is missing.", NOW),)
                    assert await lit("POWER", "STATUS", "REC", "NET")
                finally:
                    process.terminate()
    finally:
        for task in running:
            task.cancel()
