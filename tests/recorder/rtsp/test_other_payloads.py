"""MPEG-4 part 2, G.726, Opus and ONVIF metadata out of packets."""

import io
import subprocess

import av
import numpy as np
import pytest

from recorder.client.stream import Codec
from recorder.codec import g726
from recorder.codec.parameters import decoder_configuration, describe
from recorder.rtsp.payload.documents import LARGEST_DOCUMENT
from tests.recorder.rtsp.receiving import Receiver

CONFIG = bytes.fromhex("000001b0f1000001b5a913000001000000012008d48d0800550a041e14103f")
INTRA, PREDICTED = b"\0\0\1\xb6\x10" + bytes(range(1, 90)), b"\0\0\1\xb6\x50" + bytes(range(1, 40))
GROUP = b"\0\0\1\xb3\0\x10\x07"


@pytest.fixture
def mpeg4():
    return Receiver(Codec.MPEG4, given=(CONFIG,))


def test_pictures_of_mpeg4_are_put_together(mpeg4):
    whole = CONFIG + GROUP + INTRA
    mpeg4.packet(whole[:50], 0)
    mpeg4.packet(whole[50:], 0, marker=True)
    mpeg4.packet(PREDICTED, 3600)
    mpeg4.packet(PREDICTED, 7200, marker=True)
    assert mpeg4.data == [whole, PREDICTED, PREDICTED]
    assert [(one.key, one.damaged) for one in mpeg4.units] == [(True, False), (False, False), (False, False)]


def test_a_configuration_in_a_packet_of_its_own_goes_with_its_picture(mpeg4):
    mpeg4.packet(CONFIG, 0, marker=True)
    mpeg4.packet(INTRA, 3600, marker=True)
    assert mpeg4.data == [CONFIG + INTRA]


def test_another_configuration_in_the_stream_counts_from_its_key_frame_on(mpeg4):
    assert mpeg4.sets.take() == (CONFIG,)
    mpeg4.packet(CONFIG + INTRA, 0, marker=True)
    assert not mpeg4.sets.changed
    larger = CONFIG[:-8] + bytes.fromhex("0a082814103f0000")
    found = describe(0, Codec.MPEG4, 90_000, (CONFIG,))
    assert (found.width, found.height) == (320, 240)
    mpeg4.packet(larger + INTRA, 3600, marker=True)
    assert mpeg4.sets.take() == (larger,)


@pytest.mark.parametrize("cut", ["first", "last"])
def test_a_picture_of_mpeg4_with_a_hole_is_damaged(mpeg4, cut):
    pieces = [INTRA[:30], INTRA[30:60], INTRA[60:]]
    if cut == "first":
        mpeg4.packet(PREDICTED, 0, marker=True)
        mpeg4.skip()
        for at, one in enumerate(pieces[1:]):
            mpeg4.packet(one, 3600, marker=at == 1)
    else:
        mpeg4.packet(pieces[0], 0)
        mpeg4.packet(pieces[1], 0)
        mpeg4.skip()
    mpeg4.packet(PREDICTED, 7200, marker=True)
    assert [one.damaged for one in mpeg4.units] == ([False, False] if cut == "first" else [True, True])
    assert mpeg4.reception.dropped == (1 if cut == "first" else 0)


def test_a_picture_of_mpeg4_without_end_is_dropped(mpeg4):
    for _ in range(150):
        mpeg4.packet(INTRA + bytes(60_000), 0)
    mpeg4.packet(PREDICTED, 3600, marker=True)
    assert (mpeg4.data, mpeg4.reception.dropped) == ([PREDICTED], 1)


def tone(bits, packing):
    """A tone coded by FFmpeg, in RFC 3551's order (g726le) or AAL2's (g726)."""
    wave = "sine=440:duration=0.5:sample_rate=8000"
    coder = [*("-c:a", packing), *("-code_size", str(bits)), *("-b:a", f"{8 * bits}k"), *("-f", packing)]
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", wave, *coder, "-"], capture_output=True, check=True
    ).stdout


@pytest.mark.peer("ffmpeg")
@pytest.mark.parametrize("bits", g726.BITS)
def test_both_packings_of_g726_become_one(bits):
    plain, aal2 = tone(bits, "g726le"), tone(bits, "g726")
    receiver = Receiver(Codec.G726, 8000, given=(bytes((bits,)),), told={"aal2": True})
    step = 20 * bits
    for at in range(0, len(aal2), step):
        receiver.packet(aal2[at : at + step], 8 * at // bits)
    assert b"".join(receiver.data) == plain
    assert receiver.units[1].pts_us - receiver.units[0].pts_us == 20_000


def test_opus_is_handed_on_as_it_is():
    receiver = Receiver(Codec.OPUS, 48_000)
    receiver.packet(b"\x08abc", 0, marker=True)
    receiver.packet(b"\x08def", 960)
    assert receiver.data == [b"\x08abc", b"\x08def"]
    assert receiver.units[1].pts_us - receiver.units[0].pts_us == 20_000


@pytest.fixture
def metadata():
    return Receiver(Codec.ONVIF)


def test_documents_are_put_together_by_marker_or_time(metadata):
    metadata.packet(b"<a>", 0)
    metadata.packet(b"</a>", 0, marker=True)
    metadata.packet(b"<b/>", 3600)
    metadata.packet(b"<c/>", 7200, marker=True)
    assert metadata.data == [b"<a></a>", b"<b/>", b"<c/>"]


def test_a_document_with_a_hole_is_dropped(metadata):
    metadata.packet(b"<a>", 0)
    metadata.skip()
    metadata.packet(b"</a>", 0, marker=True)
    metadata.packet(b"<b/>", 3600, marker=True)
    assert (metadata.data, metadata.reception.dropped) == ([b"<b/>"], 1)


def test_a_document_without_end_is_dropped(metadata):
    for _ in range(LARGEST_DOCUMENT // 60_000 + 2):
        metadata.packet(bytes(60_000), 0)
    metadata.packet(b"<b/>", 3600, marker=True)
    assert (metadata.data, metadata.reception.dropped) == ([b"<b/>"], 1)


def test_the_head_of_opus_is_one_that_a_decoder_takes():
    opus = describe(1, Codec.OPUS, 48_000, channels=2)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="ogg") as out:
        stream = out.add_stream("libopus", rate=48_000, layout="stereo")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1920), np.int16), "s16", "stereo")
        sound.sample_rate = 48_000
        out.mux(stream.encode(sound))
        out.mux(stream.encode())
        theirs = stream.codec_context.extradata
    ours = decoder_configuration(opus)
    # Theirs skips what its encoder looked ahead; all else is alike.
    assert (ours[:10], ours[12:]) == (theirs[:10], theirs[12:])
