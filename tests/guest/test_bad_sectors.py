"""Sectors that are unreadable, torn or refuse writing, below a real file system: what they cost (S1, S2)."""

import json

import pytest

from recorder.client.clock import SECOND_US
from tests.guest.bays import DISK_MB, DRIVE
from tests.guest.inside.film import PERIOD_US
from tests.guest.inside.places import PARTS, TORN
from tests.guest.mapped import Ill, Mapped, Spot

PAGE_SECTORS = 8
COSTLY = ("chunk", "payload", "torn chunk", "torn payload")


@pytest.fixture
def mapped(guest, drives):
    """Give a drive behind the device mapper."""
    return Mapped(guest, drives("sick", DRIVE))


def places(guest, bays):
    """Say where on the drive the parts of the disk lie."""
    told = guest.run("python3", "-m", "tests.guest.inside.places", bays.place("bay"))
    return json.loads(told.partition("PLACES ")[2])


def filmed(bays, mapped):
    """Record enough for five blocks to be full, and end; gives the recording and its account."""
    bays.format(mapped, "bay", disk_mb=DISK_MB, block_kb=128)
    recording = bays.record()
    recording.disk_is("bay", "writable")
    recording.for_seconds(20)
    account = recording.finish()
    assert account["found"] == account["sent"] > 0
    return recording, account


def records_on(bays, said=""):
    """Record anew on the disk as it is now, and say something; nothing of it may be missing."""
    after = bays.record("--subs", "2")
    after.disk_is("bay", "writable")
    after.for_seconds(4)
    account = after.finish()
    assert said in after.running.output
    assert account["found"] == account["sent"] > 0
    return account


def lost_only_at(found, missing, started_us):
    """Whether all that is missing was in the chunks that were hit, or needs them to be decoded."""
    for one in missing:
        stream, number = one.split()
        at_us = started_us + int(number) * PERIOD_US
        hit = [
            part
            for part in COSTLY
            if stream == f"{found[part]['channel']}/main"
            and found[part]["first_us"] <= at_us <= found[part]["last_us"] + SECOND_US
        ]
        assert hit, (one, found)
    return bool(missing)


def test_unreadable_and_torn_sectors_of_blocks_cost_the_chunks_they_lie_in(guest, bays, mapped):
    before, account = filmed(bays, mapped)
    found = places(guest, bays)
    bays.unmount("bay")
    for part in PARTS:
        # One sector of a page is not what was written.
        at = found[TORN + part]["sector"] + 3
        guest.run(f"dd if=/dev/urandom of={mapped.device} bs=512 seek={at} count=1 oflag=direct 2>/dev/null")
    spots = [Spot(found[part]["sector"], PAGE_SECTORS) for part in PARTS]
    mapped.spoil(*spots)
    assert not any(map(mapped.gives, spots))
    bays.mount(mapped.device, "bay")
    assert records_on(bays)["invented"] < account["found"]
    after = bays.account(before, count=account["sent"] // 4)
    assert lost_only_at(found, after["unexplained"], before.started_us)


def test_an_unreadable_sector_of_the_catalog_costs_nothing(guest, bays, mapped):
    _before, account = filmed(bays, mapped)
    middle = Spot(places(guest, bays)["catalog middle"]["sector"], PAGE_SECTORS, Ill.LOST)
    mapped.spoil(middle)
    assert not mapped.gives(middle)
    seen = records_on(bays, "made anew from the recordings")
    assert seen["invented"] == account["found"]
    # The beginning of the half that is the newest now, which takes no more writes either.
    first = Spot(places(guest, bays)["catalog first"]["sector"], PAGE_SECTORS)
    mapped.spoil(first)
    assert not mapped.gives(first)
    after = records_on(bays, "made anew from the recordings")
    assert after["invented"] == account["found"] + seen["found"]


def test_sectors_that_refuse_writing_cost_their_blocks_and_no_sample(guest, bays, mapped):  # S2
    bays.format(mapped, "bay", disk_mb=DISK_MB, block_kb=128)
    recording = bays.record()
    recording.disk_is("bay", "writable")
    recording.for_seconds(4)
    with recording.paused():  # a block that is open must still be open when its end is spoilt
        found = places(guest, bays)
        tails = [one["sector"] for part, one in found.items() if part.startswith("open")]
        assert len(tails) == 4
        ends = [*tails, found["catalog end"]["sector"]]
        mapped.spoil(*(Spot(one, PAGE_SECTORS) for one in ends))
    seen = recording.until(lambda one: "in 4 places" in one["disks"]["bay"][1])
    recording.for_seconds(6)
    account = recording.finish()
    assert account["found"] == account["sent"] > 4 * seen["count"]
    assert account["reasons"] == []
    records_on(bays)
