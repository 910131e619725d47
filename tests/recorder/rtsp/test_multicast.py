"""RTSP over UDP multicast: on the loopback interface, chosen because the camera is reached by it."""

import asyncio
import random
import socket

import pytest

from recorder.client.clock import SystemClock
from recorder.client.stream import Codec
from recorder.codec.nal import units
from recorder.rtsp import errors, sdp
from recorder.rtsp.multicast import Group, described, source_of, told
from recorder.rtsp.offer import choose
from tests.recorder.rtsp.camera import IDR, SDP, SLICE, Camera, Run, failure_of, reply, until
from tests.recorder.rtsp.test_against_gstreamer import FRAMES, film, packets

pytestmark = pytest.mark.anyio


def free_group():
    """A group of this test alone: other runs on this machine have others."""
    return f"239.255.{random.randrange(1, 255)}.{random.randrange(1, 255)}", random.randrange(20_000, 60_000, 8)


class Sender(Camera):
    """A scripted camera that sends to a group over the loopback interface."""

    def __init__(self, group, port, answer="destination={group};port={port}-{reports};ttl=3", **replies):
        super().__init__(**replies)
        self.group, self.group_port = group, port
        self.senders = {}
        self.answer_text = answer.format(group=group, port=port, reports=port + 1)

    def set_up(self, request):
        assert request.headers.get("Transport") == "RTP/AVP;multicast"
        return reply("200 OK", f"Transport: RTP/AVP;multicast;{self.answer_text}", "Session: 12345678")

    def multicast(self, payload, timestamp, source="127.0.0.1", **options):
        self.tell(self.packet(payload, timestamp, **options), self.group_port, source)

    def tell(self, data, port, source="127.0.0.1"):
        sender = self.senders.get(source)
        if sender is None:
            sender = self.senders[source] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            sender.bind((source, 0))
        sender.sendto(data, (self.group, port))

    async def __aexit__(self, *_):
        await super().__aexit__()
        for sender in self.senders.values():
            sender.close()


@pytest.mark.peer("gstreamer")
@pytest.mark.covers("D-CAM-03.8")
async def test_every_byte_of_every_picture_arrives_from_a_group(tmp_path):
    """The packets are GStreamer's; its server cannot share a group with a client on one machine, so we set it up."""
    file = film(tmp_path / "film.mp4", Codec.H264)
    async with Sender(*free_group()) as camera, Run(camera.url, transport="multicast", clock=SystemClock()) as run:
        await playing(run, camera)
        place = f"host={camera.group} port={camera.group_port} multicast-iface=lo bind-address=127.0.0.1"
        line = f"filesrc location={file} ! qtdemux ! queue ! rtph264pay pt=96 config-interval=-1 ! udpsink {place}"
        sending = await asyncio.create_subprocess_exec(
            "gst-launch-1.0", "-q", *line.split(), stdout=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(30):
            assert await sending.wait() == 0
            await run.sink.wait(FRAMES)
        statistics = run.source.statistics
    # The stream has parameter sets too, which the file has elsewhere.
    seen = [[bytes(unit) for unit in units(one[3]) if unit[0] & 31 not in {7, 8}] for one in run.sink.of(0)]
    assert seen == [[bytes(unit) for unit in units(data)] for _, data, _ in packets(file, "video")]
    assert (statistics.lost, statistics.malformed, statistics.transport) == (0, 0, "multicast")


async def playing(run, camera):
    await asyncio.wait_for(camera.playing.wait(), 60)
    await until(lambda: run.source.statistics.transport)


async def test_only_the_camera_is_heard_in_its_group():
    async with Sender(*free_group()) as camera, Run(camera.url, transport="multicast") as run:
        await playing(run, camera)
        camera.multicast(b"\x65\x88foreign", 0, source="127.0.0.2", ssrc=9)
        camera.multicast(IDR, 0)
        camera.multicast(b"\x41\x9aforeign", 3600, source="127.0.0.2", ssrc=9)
        camera.multicast(SLICE, 3600)
        await run.sink.wait(2)
        assert [one[3][4:] for one in run.sink.of(0)] == [IDR, SLICE]


async def test_a_group_may_stand_in_the_description_with_its_only_source():
    group, port = free_group()
    lines = f"c=IN IP4 {group}/5\na=source-filter: incl IN IP4 {group} 127.0.0.3\n"
    text = SDP.replace("m=video 0", f"m=video {port}") + lines
    async with Sender(group, port, answer="ttl=5", sdp=text) as camera, Run(camera.url, transport="multicast") as run:
        await playing(run, camera)
        camera.multicast(b"\x65\x88foreign", 0, ssrc=9)
        camera.multicast(IDR, 0, source="127.0.0.3")
        await run.sink.wait(1)
        assert [one[3][4:] for one in run.sink.of(0)] == [IDR]


async def test_reports_of_a_group_are_heard():
    async with Sender(*free_group()) as camera, Run(camera.url, transport="multicast") as run:
        await playing(run, camera)
        camera.multicast(IDR, 0)
        await run.sink.wait(1)
        camera.tell(b"\x81\xcb\x00\x01\x00\x00\x00\x05", camera.group_port + 1, "127.0.0.2")
        camera.tell(b"\x81\xcb\x00\x01\x00\x00\x00\x05", camera.group_port + 1)
        await until(lambda: run.source._playing._goodbye)


@pytest.mark.parametrize(
    "answer",
    ["", "destination=224.0.0.1;port=5000-5001", "destination=10.0.0.1;port=5000", "destination={group};port=80"],
)
async def test_what_is_no_group_is_not_joined(answer):
    async with Sender(*free_group(), answer=answer) as camera:
        assert isinstance(await failure_of(camera.url, transport="multicast"), errors.Faulty)


async def test_a_camera_that_refuses_multicast_is_told_so():
    refused = reply("461 Unsupported Transport")
    async with Camera(SETUP=refused) as camera:
        assert isinstance(await failure_of(camera.url, transport="multicast"), errors.Unsupported)


def test_groups_are_read_as_they_are_written():
    assert told({"destination": "239.1.2.3", "port": "5000-5003", "ttl": "16", "source": "10.0.0.9"}) == Group(
        "239.1.2.3", 5000, "10.0.0.9", 16, 5003
    )
    assert told({"destination": "239.1.2.3", "port": "5000"}) == Group("239.1.2.3", 5000, "", 1, 5001)
    assert told({"destination": "239.1.2.3", "port": "5000", "source": "camera.local"}).source == ""
    assert source_of(" incl IN IP4 * 10.0.0.1 10.0.0.2", "239.1.1.1") == "10.0.0.1"
    assert source_of("excl IN IP4 * 10.0.0.1", "239.1.1.1") == source_of("", "239.1.1.1") == ""
    whole = sdp.parse(SDP.replace("m=video 0", "c=IN IP4 239.1.1.1/127/2\nm=video 5000").encode())
    assert described(whole, choose(whole)[0]) == Group("239.1.1.1", 5000, "", 127)
    six = sdp.parse(SDP.replace("m=video 0", "c=IN IP6 ff15::1\nm=video 5000").encode())
    assert described(six, choose(six)[0]) is None
