"""What a camera says of its pictures: recorded beside them, given only to who asks, and bounded."""

import signal

import pytest

from recorder.client.stream import SampleFlag
from recorder.rtsp.delivery import METADATA_BYTES_PER_S
from tests.corpus.player import BrokenCamera, Case
from tests.recorder.rtsp.camera import SDP
from tests.recorder.running import channel

pytestmark = pytest.mark.anyio

METADATA = "m=application 0 RTP/AVP 107\na=rtpmap:107 vnd.onvif.metadata/90000\na=control:track3\n"
DOCUMENT = "<tt:MetadataStream><tt:Event/></tt:MetadataStream>"


def camera(*script):
    return BrokenCamera(Case("metadata", 0, "", list(script), sdp=SDP + METADATA))


def document(seconds, text=DOCUMENT):
    return f"rtp ch=4 pt=107 ssrc=8 ts={round(seconds * 90_000)} text:{text}"


def picture(seconds, content="slice"):
    return f"rtp ts={seconds * 90_000} {content}"


async def played(recorder, one):
    """What the reader gives of a camera's stream, with and without what is said of it."""
    recorder.disk()
    async with one:
        recorder.plan(channel(1, one.url))
        await recorder.start("media", "reader")
        watch = await recorder.watch()
        status = await watch.stream(lambda stream: stream.tries, timeout_s=40)
    await recorder.kill("media", signal.SIGTERM)
    found = [first_span(await recorder.recorded(1, **kind)) for kind in ({"metadata": True}, {"audio": True})]
    return status, *found


def first_span(arrived):
    """What the first connection brought: the camera says the same to the next one."""
    breaks = [at for at, one in enumerate(arrived) if one.sample.flags & SampleFlag.DISCONTINUITY]
    return arrived[: breaks[1]] if len(breaks) > 1 else arrived


async def test_documents_are_recorded_beside_the_pictures_and_given_to_who_asks(recorder):
    script = [picture(0, "key"), document(0), *(line for at in range(1, 5) for line in (picture(at), document(at)))]
    _, found, without = await played(recorder, camera(*script, "hang-up"))
    documents = [bytes(one.sample.data) for one in found if one.sample.track == 2]
    assert documents == [DOCUMENT.encode()] * 5
    assert [one.sample.track for one in without] == [0] * 5
    pictures = [one.sample for one in found if one.sample.track == 0]
    told = [one.sample for one in found if one.sample.track == 2]
    # One clock: what is said of a picture stands at its time.
    assert all(abs(a.wall_us - b.wall_us) < 500_000 for a, b in zip(pictures, told, strict=True))


async def test_a_flood_of_documents_is_cut_and_counted(recorder):
    flood = [document(at / 100, "x" * 60_000) for at in range(60)]
    script = [picture(0, "key"), *flood, picture(1), "pass 0.2", "hang-up"]
    status, found, _ = await played(recorder, camera(*script))
    taken = sum(len(one.sample.data) for one in found if one.sample.track == 2)
    assert 0 < taken <= 2 * METADATA_BYTES_PER_S
    assert status.damaged_samples >= 60 - 2 * METADATA_BYTES_PER_S // 60_000
