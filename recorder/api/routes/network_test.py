"""The network test: how soon an address answers, and what is missing (D-MNT-08)."""

from pydantic import BaseModel, Field

from hal.client.reach import LEAST_INTERVAL_S, MOST_INTERVAL_S, MOST_REQUESTS
from recorder.api.context import SystemKeeper, TheControl, author
from recorder.api.router import Router
from recorder.client.answers import NetworkTest, NetworkTests
from recorder.control.network_tests import COUNT, INTERVAL_S, LARGEST_PORT, LONGEST

router = Router(prefix="/network-test", tags=["devices"])


class Wanted(BaseModel):
    """What is tested: an address or a name, by echo requests or, with a port, by connections to that.

    The address of a stream is taken for its host and port.
    """

    address: str = Field(min_length=1, max_length=LONGEST)
    port: int = Field(0, ge=0, le=LARGEST_PORT)
    count: int = Field(COUNT, ge=1, le=MOST_REQUESTS)
    interval_s: float = Field(INTERVAL_S, ge=LEAST_INTERVAL_S, le=MOST_INTERVAL_S)


@router.post("", status_code=202)
async def begin(wanted: Wanted, control: TheControl, caller: SystemKeeper) -> NetworkTest:
    """Begin a test, one at a time for each user; it ends by itself. It is noted in the log."""
    tests = control.machinery.network_tests
    return await tests.begin(
        wanted.address, wanted.port, author(caller), count=wanted.count, interval_s=wanted.interval_s
    )


@router.get("")
async def newest(control: TheControl, caller: SystemKeeper) -> NetworkTests:
    """The caller's newest test, how far it is or what it found, and what else may be worth a test."""
    return await control.machinery.network_tests.newest(author(caller))


@router.delete("")
async def cancel(control: TheControl, caller: SystemKeeper) -> NetworkTests:
    """End the caller's test, if it goes on."""
    return await control.machinery.network_tests.cancel(author(caller))
