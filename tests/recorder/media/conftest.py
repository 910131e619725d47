"""Small simulated cameras, and recorders that watch them."""

import contextlib

import pytest

from recorder.simulate.cameras import SimulatedCameras
from recorder.simulate.options import CameraOptions

USER, PASSWORD = "admin", "correct horse"


@pytest.fixture
async def cameras(clips):
    """Give a function that starts a set of cameras with these options."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(**options) -> SimulatedCameras:
            small = {"main_size": (320, 192), "sub_size": (160, 96), "main_bits_per_s": 800_000}
            made = SimulatedCameras(CameraOptions(**{"bench": True, "cache": clips, "cameras": 1, **small, **options}))
            await made.prepare()
            return await stack.enter_async_context(made)

        yield start
