import pytest

from recorder.client.stream import Codec
from recorder.rtsp import sdp
from recorder.rtsp.address import BadAddress, base_of, control_url, parse
from recorder.rtsp.errors import Malformed, Unsupported
from recorder.rtsp.offer import choose

SPS, PPS = bytes.fromhex("6742c01e95a0280bfe54"), bytes.fromhex("68ce3c80")

# As makers send them: with attributes we do not know, in several orders, some of it wrong.
HIKVISION = b"""v=0\r
o=- 1109162014219182 1109162014219192 IN IP4 x.y.z.w\r
s=Media Presentation\r
e=NONE\r
b=AS:5100\r
t=0 0\r
a=control:rtsp://192.0.2.4/Streaming/Channels/101/\r
m=video 0 RTP/AVP 96\r
b=AS:5000\r
a=recvonly\r
a=control:rtsp://192.0.2.4/Streaming/Channels/101/trackID=1\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z0LAHpWgKAv+VA==,aM48gA==\r
m=audio 0 RTP/AVP 8\r
a=control:rtsp://192.0.2.4/Streaming/Channels/101/trackID=2\r
a=rtpmap:8 PCMA/8000\r
a=Media_header:MEDIAINFO=494D4B48010100000400000111710110401F000000FA000000000000000000000000000000000000;\r
a=appversion:1.0\r
"""
DAHUA = b"""v=0
o=- 2252310609 2252310609 IN IP4 0.0.0.0
s=Media Server
c=IN IP4 0.0.0.0
t=0 0
a=control:*
a=packetization-supported:DH
m=video 0 RTP/AVP 98
a=control:trackID=0
a=framerate:25.000000
a=rtpmap:98 H265/90000
a=fmtp:98 sprop-sps=QgEBAWAAAAMAsAAAAwAAAwB7oAPAgBDljZWaSTK8BaAgAAB9AAAMNUI=;sprop-pps=RAHA8vA8kA==;sprop-vps=QAEM
a=recvonly
m=audio 0 RTP/AVP 97
a=control:trackID=1
a=rtpmap:97 MPEG4-GENERIC/48000
a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1188
a=recvonly
m=application 0 RTP/AVP 107
a=control:trackID=4
a=rtpmap:107 vnd.onvif.metadata/90000
"""


def test_a_description_with_absolute_controls_and_static_types_is_read():
    video, audio = choose(sdp.parse(HIKVISION))
    assert (video.codec, video.payload_type, video.clock_hz) == (Codec.H264, 96, 90_000)
    assert video.sets == (SPS, PPS)
    assert video.control == "rtsp://192.0.2.4/Streaming/Channels/101/trackID=1"
    assert (audio.codec, audio.payload_type, audio.clock_hz) == (Codec.PCMA, 8, 8000)


def test_a_description_with_bare_line_ends_and_unknown_tracks_is_read():
    video, audio, metadata = choose(sdp.parse(DAHUA))
    assert (metadata.codec, metadata.payload_type) == (Codec.ONVIF, 107)
    assert (video.codec, len(video.sets)) == (Codec.H265, 3)
    assert (audio.codec, audio.clock_hz, audio.sets) == (Codec.AAC, 48_000, (b"\x11\x88",))
    # The rtpmap leaves the channels out; the configuration says one.
    assert audio.parameters().channels == 1


def test_a_description_survives_being_sent():
    description = sdp.parse(DAHUA)
    assert sdp.parse(bytes(description)).media == description.media


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"v=0\n",
        b"v=0\nm=audio 0 RTP/AVP 0\n",
        b"v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 AV1/90000\n",
        b"v=0\nm=application 0 RTP/AVP 96\na=rtpmap:96 vnd.onvif.metadata/90000\n",
        b"v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/0\n",
        b"v=0\nm=video 0 RTP/SAVP 96\na=rtpmap:96 H264/90000\n",
        b"v=0\nm=video 0 RTP/AVP 96\n",
        b"v=0\nm=video\n",
        b"v=0\n" + b"m=video 0 RTP/AVP 96\n" * 40,
        b"a=x\n" * 5000,
    ],
)
def test_without_video_that_can_be_recorded_it_says_so(lines):
    with pytest.raises((Unsupported, Malformed)):
        choose(sdp.parse(lines))


def test_what_there_is_is_named():
    with pytest.raises(Unsupported) as failure:
        choose(sdp.parse(b"v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 AV1/90000\n"))
    assert "AV1" in failure.value.reason


def test_damaged_parameter_sets_do_not_refuse_a_stream():
    (video,) = choose(
        sdp.parse(b"m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets=!!,aM48gA\n")
    )
    assert video.sets == (PPS,)


def test_audio_that_cannot_be_read_costs_no_picture():
    broken = DAHUA.replace(b"config=1188", b"config=zz")
    assert [one.codec for one in choose(sdp.parse(broken))] == [Codec.H265, Codec.ONVIF]


def offered(*lines):
    return choose(sdp.parse("\n".join(("v=0", "m=video 0 RTP/AVP 26", *lines)).encode()))


def test_jpeg_needs_no_rtpmap_and_may_tell_its_size():
    assert offered("a=x-dimensions:2592,1944")[0].size == (2592, 1944)
    assert offered("a=framesize:26 704-576")[0].size == (704, 576)
    assert (offered("a=framesize:26 -1-99999999")[0].size, offered()[0].codec) == ((0, 0), Codec.MJPEG)


@pytest.mark.parametrize(
    ("name", "bits", "aal2"), [("G726-16", 2, False), ("AAL2-G726-24", 3, True), ("G726-40", 5, False)]
)
def test_rate_and_packing_of_g726_stand_in_its_name(name, bits, aal2):
    audio = offered("m=audio 0 RTP/AVP 97", f"a=rtpmap:97 {name}/8000")[1]
    assert (audio.codec, audio.sets, audio.aal2) == (Codec.G726, (bytes((bits,)),), aal2)


def test_the_old_static_type_of_g726_is_known():
    assert offered("m=audio 0 RTP/AVP 2")[1].sets == (b"\x04",)


AAC = ("m=audio 0 RTP/AVP 97", "a=rtpmap:97 MPEG4-GENERIC/{}/1")


def sound(clock_hz, parameters):
    return offered(AAC[0], AAC[1].format(clock_hz), f"a=fmtp:97 mode=AAC-hbr;{parameters}")


def test_aac_without_a_configuration_is_what_its_rate_says():
    audio = sound(16000, "sizelength=13;indexlength=3;indexdeltalength=3")[1]
    assert (audio.codec, audio.sets, audio.layout.frame_ticks) == (Codec.AAC, (b"\x14\x08",), 1024)


@pytest.mark.parametrize(
    ("clock_hz", "config", "ticks"),
    # AAC-LC of 48 kHz; HE-AAC whose core has 24 kHz; a clock that is none of the sound.
    [(48000, "1188", 1024), (48000, "2B0988", 2048), (90000, "1188", 1920)],
)
def test_frames_of_aac_are_as_long_as_their_core_says(clock_hz, config, ticks):
    assert sound(clock_hz, f"config={config}")[1].layout.frame_ticks == ticks


def test_aac_with_headers_that_are_not_read_is_not_taken():
    assert len(sound(48000, "config=1188;CTSDeltaLength=12")) == 1


@pytest.mark.parametrize(
    ("encoding", "told"), [("H264", "packetization-mode=2"), ("H265", "sprop-max-don-diff=4")], ids=["H264", "H265"]
)
def test_video_out_of_order_is_refused_and_not_recorded_as_garbage(encoding, told):
    lines = f"v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 {encoding}/90000\na=fmtp:96 {told}\n"
    with pytest.raises(Unsupported):
        choose(sdp.parse(lines.encode()))
    assert choose(sdp.parse(lines.replace(told, told[:-1] + "0").encode()))


def test_opus_is_mono_unless_it_says_otherwise():
    lines = ("m=audio 0 RTP/AVP 98", "a=rtpmap:98 opus/48000/2")
    assert offered(*lines)[1].channels == 1
    assert offered(*lines, "a=fmtp:98 sprop-stereo=1")[1].channels == 2


def test_a_configuration_of_mpeg4_that_cannot_be_read_does_not_refuse_a_stream():
    (video,) = choose(sdp.parse(b"v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 MP4V-ES/90000\na=fmtp:96 config=00zz\n"))
    assert (video.codec, video.sets) == (Codec.MPEG4, ())


@pytest.mark.parametrize(
    ("base", "control", "expected"),
    [
        ("rtsp://c/s", "trackID=1", "rtsp://c/s/trackID=1"),
        ("rtsp://c/s/", "trackID=1", "rtsp://c/s/trackID=1"),
        ("rtsp://c/s?a=b", "trackID=1", "rtsp://c/s?a=b/trackID=1"),
        ("rtsp://c/s", "rtsp://10.0.0.1/s/1", "rtsp://10.0.0.1/s/1"),
        ("rtsp://c/s", "*", "rtsp://c/s"),
        ("rtsp://c/s", None, "rtsp://c/s"),
        ("rtsp://c/s", "/s/track1", "rtsp://c/s/track1"),
        ("rtsp://c/s", "/track1", "rtsp://c/s/track1"),
        ("rtsp://c/s", "a b", "rtsp://c/s"),
        ("rtsp://c/s", "x" * 5000, "rtsp://c/s"),
    ],
)
def test_controls_are_understood_as_cameras_mean_them(base, control, expected):
    assert control_url(base, control) == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (("", ""), "rtsp://c/s"),
        (("rtsp://c/s/", ""), "rtsp://c/s/"),
        (("", "rtsp://c/t/"), "rtsp://c/t/"),
        (("/other/", ""), "rtsp://c/other/"),
        (("not a url", ""), "rtsp://c/s"),
    ],
)
def test_the_base_is_what_was_named_or_asked(named, expected):
    assert base_of("rtsp://c/s", *named) == expected


def test_an_address_gives_its_password_away_to_nobody_but_the_login():
    found = parse("rtsp://us%40er:p%3Aw@192.0.2.4/cam?channel=1&subtype=0")
    assert (found.user, found.password, found.host, found.port) == ("us@er", "p:w", "192.0.2.4", 554)
    assert found.url == "rtsp://192.0.2.4/cam?channel=1&subtype=0"
    assert "p:w" not in repr(found)
    assert parse("rtsp://[2001:db8::1]:8554/x").host == "2001:db8::1"
    assert parse("rtsp://[fe80::1%25eth0]/x").host == "fe80::1%eth0"
    secret = parse("rtsps://u:p@c/s")
    assert (secret.tls, secret.port, secret.url, secret.user) == (True, 322, "rtsps://c/s", "u")


@pytest.mark.parametrize("password", ["a/b", "a?b", "a#b", "1#b"])
def test_a_password_that_cuts_the_address_off_is_told_as_such(password):
    with pytest.raises(BadAddress) as failure:
        parse(f"rtsp://admin:{password}@192.0.2.4/stream")
    assert "apart from the address" in failure.value.reason
    assert password not in str(failure.value)
    assert parse("rtsp://192.0.2.4/me@home/stream").host == "192.0.2.4"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "c/s",
        "http://c/s",
        "rtsp://",
        "rtsp://c:99999/",
        "rtsp://c:0/",
        "rtsp://c/a\r\nX: y",
        "rtsp://c/ a",
    ],
)
def test_what_is_no_address_is_said_so(url):
    with pytest.raises(BadAddress):
        parse(url)
