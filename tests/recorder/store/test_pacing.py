"""A disk that has much to do is written less often and more at a time; how much is told by the clock that tests own."""

import time

import pytest

from recorder.store.files import SystemFiles


class BusyFiles(SystemFiles):
    """A disk whose syncs take as long as `wait` does."""

    def __init__(self, wait):
        self.wait = wait

    def open_to_write(self, name, directory):
        file = super().open_to_write(name, directory)
        sync = file.sync

        def waiting():
            self.wait()
            sync()

        file.sync = waiting
        return file


@pytest.mark.parametrize(("seconds", "stretched"), [(1.5, True), (0.0, False)])
def test_a_disk_whose_passes_take_most_of_the_time_is_written_less_often(rig, seconds, stretched):
    store = rig.store(files=BusyFiles(lambda: rig.clock.advance(seconds)))
    rig.film(store, rig.camera(), seconds=30)
    assert store._writers[0].pacing.stretched is stretched


def test_a_slow_machine_changes_nothing_of_how_is_written_while_no_time_passes(rig):
    store = rig.store(files=BusyFiles(lambda: time.sleep(0.02)))
    rig.film(store, rig.camera(), seconds=20)
    assert store._writers[0].pacing.idle
