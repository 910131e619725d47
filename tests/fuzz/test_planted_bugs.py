"""The engine finds bugs that are planted into our parsers: each such as somebody might write it, none in the seeds."""

import importlib
import ipaddress
import random
import time

import pytest

from recorder.codec import jpeg
from recorder.rtsp import multicast, rtp
from recorder.rtsp.payload import mjpeg
from tests.fuzz import engine, targets

MOST_RUNS = 20_000


def no_bound_of_padding(first, rest):
    """As `rtp.payload_of`, without a look at whether the header is longer than the packet."""
    if first == rtp.PLAIN:
        return rest
    if first >> 6 != 2:
        raise rtp.Malformed(reason="an RTP packet of another version")
    at, end = 4 * (first & 15), len(rest)
    if first & 0x10:
        at += 4 + 4 * (rest[at + 2] << 8 | rest[at + 3])
    return rest[at:end]


def trusting_table_length(self, payload, at, quality):
    """As `MjpegDepacketiser._tables_of`, believing what the packet says of its tables."""
    length = payload[at + 2] << 8 | payload[at + 3]
    at += 4
    found = tuple(bytes(payload[at + 64 * n : at + 64 * n + 64]) for n in range(length // 64))
    self._tables[quality] = found
    return found, at + length


def endless_segments(view):
    """As `jpeg._segments`, which goes on for ever at a segment of no length."""
    at = 2
    while at + 4 <= len(view):
        yield view[at + 1], view[at : at + 2 + int.from_bytes(view[at + 2 : at + 4])]
        at += int.from_bytes(view[at + 2 : at + 4])


def any_port(address, port, source, ttl, report_port=""):
    """As `multicast._group`, with whatever port the camera names."""
    try:
        found = ipaddress.IPv4Address(address)
        return multicast.Group(address, int(port), source) if found.is_multicast else None
    except ValueError:
        return None


BUGS = {
    "rtp header": ("rtp_payload", rtp, "payload_of", no_bound_of_padding, "recorder.rtsp.reception.payload_of"),
    "jpeg tables": ("rtp_payload", mjpeg.MjpegDepacketiser, "_tables_of", trusting_table_length, None),
    "jpeg segments": ("jpeg_and_mpeg4", jpeg, "_segments", endless_segments, None),
    "multicast port": ("rtsp_handshake", multicast, "_group", any_port, None),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(monkeypatch, bug):
    name, place, attribute, planted, used = BUGS[bug]
    if used:
        monkeypatch.setattr(used, planted)
    monkeypatch.setattr(place, attribute, planted)
    monkeypatch.setattr(engine, "SLOW_S", 0.5)
    module = importlib.import_module(f"{targets.__name__}.{name}")
    campaign = engine.Campaign(name, module, random.Random(f"planted {bug}"))
    assert campaign.seeds() is None, "the seeds alone find it"
    finding = campaign.fire(time.monotonic() + 300, MOST_RUNS)
    assert finding is not None, f"not found in {campaign.runs} runs"
    print(f"{bug}: found in {campaign.runs} runs")
    # And the same input does nothing to the parser as it is.
    monkeypatch.undo()
    assert engine.Campaign(name, module, random.Random(1)).run(finding.data) is None
