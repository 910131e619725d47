import dataclasses

import pytest

from recorder.simulate.cameras import SimulatedCameras
from recorder.simulate.options import CameraOptions

SMALL = CameraOptions(
    cameras=2,
    loop_s=2,
    main_size=(320, 180),
    main_bits_per_s=400_000,
    sub_size=(192, 108),
    sub_bits_per_s=100_000,
)


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """One cache for all workers of a run: what one encodes, the others read."""
    return tmp_path_factory.getbasetemp().parent / "clips"


@pytest.fixture
def cameras(clips):
    """Make simulated cameras with small pictures and a loop of two seconds."""

    def make(**changes):
        return SimulatedCameras(dataclasses.replace(SMALL, **{"cache": clips, **changes}))

    return make
