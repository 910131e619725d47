"""Ids are drawn in the order in which things were recorded, whatever clocks say and however often we start."""

import pytest

from recorder.store.rows import RowKind
from tests.recorder.store.rig import ANOTHER_BOOT, BOOT

YEAR_S = 365 * 86_400


def spans(store):
    return {one.id for one in store._writers[0].volume.catalog.contents.of(RowKind.SPAN)}


@pytest.mark.parametrize("step", [3600, -3600, 50 * YEAR_S, -30 * YEAR_S], ids=["hour", "hour-back", "RTC", "RTC-back"])
@pytest.mark.parametrize("killed", [True, False], ids=["killed", "ended"])
def test_ids_are_in_the_order_of_recording_wherever_the_clock_goes(rig, step, killed):
    known, newest = set(), (0, 0)
    for kernel_boot in (BOOT, ANOTHER_BOOT, BOOT):
        store = rig.store(boot=kernel_boot)
        camera = rig.camera()
        for leap in (step, -step, 0):
            rig.film(store, camera, seconds=2)
            store.flush()
            drawn = sorted((one.boot, one.counter) for one in spans(store) - known)
            assert drawn
            assert drawn[0] > newest
            known, newest = spans(store), drawn[-1]
            rig.clock.step(leap)
        rig.crash(store) if killed else rig.close(store)
        rig.clock.advance(10)
        rig.clock.step(step / 2)
    assert len({one.recorder for one in known}) == 1
