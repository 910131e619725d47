"""Recorded time as MP4 files of stable sizes: every picture in one of them, every byte where it belongs."""

import io
from datetime import datetime
from itertools import pairwise

import av
import pytest

from recorder.client.clock import ManualClock
from recorder.client.errors import NotFound
from recorder.client.instance import Instance
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey, TrackKind, TrackParameters
from recorder.playback.virtual_mp4 import Extent
from recorder.reader.recordings import GRID_US, SETTLED_US, Recordings
from recorder.store import Disk, StorePolicy, StoreReader, StoreWriter, initialise_disk
from recorder.store.disk_lane import Lanes
from recorder.store.errors import Locked
from recorder.store.inspection import Inspection
from recorder.store.key_ring import KeyRing, recovery_key
from recorder.store.layout import PAGE
from recorder.store.locks import missing_keys_below
from tests.recorder.decode.film import film

BOOT = "11111111-2222-3333-4444-555555555555"
FPS = 5
KEY = StreamKey(1)
SOUND = b"\x21\x10\x05" * 9
AAC = TrackParameters(1, TrackKind.AUDIO, Codec.AAC, 16000, (bytes.fromhex("1408"),), channels=1)
OPUS = TrackParameters(1, TrackKind.AUDIO, Codec.OPUS, 48000, channels=1)


class Recorded:
    """Real pictures, five a second, round and round, for a while."""

    def __init__(self, place, *, minutes=22, codec="h264", b_frames=0, audio=None, encrypted=False):
        self.place = place
        self.clock = ManualClock()
        self.keys = KeyRing(Instance(place / "instance"))
        self.keys.make(1)
        initialise_disk(place / "disks" / "one", size_bytes=64 << 20, block_bytes=1 << 20, name="one", clock=self.clock)
        disk = Disk(place / "disks" / "one", self.clock)
        policy = StorePolicy(encrypted=encrypted)
        self.store = StoreWriter(
            [disk], place / "state" / "i.sqlite", self.clock, BOOT, policy, threads=False, keys=self.keys
        )
        self.store.start()
        self.made = film(50, gop=10, codec=codec, b_frames=b_frames)
        self.epoch = Epoch(1, (*self.made.epoch.tracks, audio)) if audio else self.made.epoch
        self.audio = audio
        self.samples = self.made.samples()
        self.order = [round((one.pts_us - self.samples[0].pts_us) / 40_000) for one in self.samples]
        self.sent = []
        self.count = 0
        self.record(minutes * 60)

    def record(self, seconds):
        recorder = self.store.open_stream(KEY)
        for _n in range(round(seconds * FPS)):
            lap, at = divmod(self.count, len(self.samples))
            shown = lap * len(self.samples) + self.order[at]
            one = self.samples[at]
            sample = Sample(0, shown * 200_000, self.clock.now_us(), one.flags & SampleFlag.KEY, one.data)
            self.sent.append(sample)
            recorder.put(sample, self.epoch)
            if self.audio:
                heard = Sample(1, shown * 200_000, self.clock.now_us(), SampleFlag.NONE, SOUND)
                recorder.put(heard, self.epoch)
            self.count += 1
            self.clock.advance(1 / FPS)
            if self.count % FPS == 0:
                self.store.step()
        self.store.flush()

    def reader(self, keys=None):
        return StoreReader(self.place / "disks", self.place / "state" / "i.sqlite", self.clock, keys=keys or self.keys)

    def files(self, found=None):
        return (found or Recordings(self.clock)).files(self.reader(), KEY, 0, 1 << 61)

    def whole(self, told, *, audio=False):
        return b"".join(Recordings(self.clock).read(self.reader(), KEY, told, 0, told.bytes, audio=audio))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    return Recorded(tmp_path_factory.mktemp("recorded"))


def packets(data, kind="video"):
    with av.open(io.BytesIO(data)) as container:
        stream = getattr(container.streams, kind)[0]
        return [
            (round(one.pts * one.time_base * 1_000_000), bytes(one), one.is_keyframe)
            for one in container.demux(stream)
            if one.pts is not None
        ]


def test_every_picture_is_in_exactly_one_file_bit_for_bit(recorded):
    files = recorded.files()
    recorded.clock.advance(SETTLED_US / 1e6 + 1)
    files = recorded.files()
    assert len(files) in {3, 4}
    found = [one for told in files for one in packets(recorded.whole(told))]
    assert [data for _at, data, _key in found] == [one.data for one in recorded.sent]
    for told in files:
        inside = packets(recorded.whole(told))
        assert inside[0][2], "each begins with a key frame"
        assert [at for at, _data, _key in inside] == [n * 200_000 for n in range(len(inside))]


def test_files_begin_with_the_ten_minutes_of_the_clock(recorded):
    files = recorded.files()
    assert all(one.start_us // GRID_US != other.start_us // GRID_US for one, other in pairwise(files))
    assert all(one.start_us % GRID_US < 10_000_000 for one in files[1:])


def test_any_range_is_the_same_bytes_as_of_the_whole(recorded):
    told = recorded.files()[0]
    whole = recorded.whole(told)
    assert len(whole) == told.bytes
    found, store = Recordings(recorded.clock), recorded.reader()
    for offset, size in ((0, 1), (3, 100), (4090, 10), (told.bytes // 3, 70_000), (told.bytes - 1, 1), (0, 1 << 40)):
        read = b"".join(found.read(store, KEY, told, offset, size, audio=False))
        assert read == whole[offset : offset + size]
    for offset in range(0, told.bytes, told.bytes // 50):
        assert b"".join(found.read(store, KEY, told, offset, 999, audio=False)) == whole[offset : offset + 999]


def test_sizes_and_marks_stay_while_recording_goes_on_and_what_grows_is_no_file(tmp_path):
    recorded = Recorded(tmp_path, minutes=12)
    before = recorded.files()
    assert before, "the first ten minutes are over"
    recorded.record(15 * 60)
    after = recorded.files()
    assert after[: len(before)] == before
    assert len(after) > len(before)
    newest = recorded.sent[-1].wall_us
    assert after[-1].end_us < newest


@pytest.mark.parametrize(
    ("codec", "b_frames"), [("h264", 2), ("h265", 0), ("h265", 2), ("mjpeg", 0), ("mpeg4", 0), ("mpeg4", 2)]
)
def test_reordered_pictures_and_other_codecs_are_shown_in_time(tmp_path, codec, b_frames):
    recorded = Recorded(tmp_path, minutes=1, codec=codec, b_frames=b_frames)
    recorded.clock.advance(60)
    (told,) = recorded.files()
    data = recorded.whole(told)
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        stream.thread_count = 1
        shown = [round(one.pts * one.time_base * 1_000_000) for one in container.decode(stream)]
        assert stream.codec_context.name == {"h265": "hevc"}.get(codec, codec)
    assert shown == [n * 200_000 for n in range(len(recorded.sent))]


@pytest.mark.parametrize("sound", [AAC, OPUS], ids=["aac", "opus"])
def test_sound_comes_along_for_those_who_may_hear_it_and_is_not_in_the_bytes_of_others(tmp_path, sound):
    recorded = Recorded(tmp_path, minutes=1, audio=sound)
    recorded.clock.advance(60)
    (told,) = recorded.files()
    heard = recorded.whole(told, audio=True)
    with av.open(io.BytesIO(heard)) as container:
        context = container.streams.audio[0].codec_context
        assert (context.name, context.sample_rate) == (sound.codec.value, sound.clock_hz)
    assert len(packets(heard, "audio")) == len(recorded.sent)
    assert packets(heard, "audio")[3][0] == pytest.approx(600_000, abs=200)
    silent = recorded.whole(told)
    assert len(silent) == len(heard)
    assert SOUND in heard
    assert SOUND not in silent
    assert [one[1] for one in packets(silent)] == [one.data for one in recorded.sent]


def test_a_file_that_is_no_longer_the_same_is_refused(recorded):
    told = recorded.files()[0]
    from dataclasses import replace

    others = {"etag": "0" * 32, "start_us": told.start_us + 5, "end_us": told.start_us + 5, "bytes": told.bytes + 1}
    for name, value in others.items():
        changed = replace(told, **{name: value})
        with pytest.raises(NotFound):
            list(Recordings(recorded.clock).read(recorded.reader(), KEY, changed, 0, 10, audio=False))


def test_damage_leaves_sizes_and_the_other_pictures_as_they_were(tmp_path):
    recorded = Recorded(tmp_path, minutes=1)
    recorded.clock.advance(60)
    (told,) = recorded.files()
    path = next(one for one in sorted((tmp_path / "disks/one/blocks").iterdir()) if one.read_bytes()[:7] == b"NJBLOCK")
    data = bytearray(path.read_bytes())
    at = data.index(recorded.sent[7].data, PAGE)
    data[at + 5] ^= 0xFF
    path.write_bytes(data)
    after = recorded.whole(told)
    assert len(after) == told.bytes
    found = [one for _at, one, _key in packets(after)]
    assert [n for n, one in enumerate(found) if one != recorded.sent[n].data] == [7]
    assert found[7] == bytes(len(recorded.sent[7].data))


def test_encrypted_footage_needs_its_key(tmp_path):
    recorded = Recorded(tmp_path, minutes=1, encrypted=True)
    recorded.clock.advance(60)
    (told,) = recorded.files()
    assert [one for _at, one, _key in packets(recorded.whole(told))] == [one.data for one in recorded.sent]
    other = recorded.reader(KeyRing(Instance(tmp_path / "other")))
    with pytest.raises(Locked):
        Recordings(recorded.clock).files(other, KEY, 0, 1 << 61)


def test_days_with_footage_are_listed(recorded):
    days = Recordings(recorded.clock).days(recorded.reader(), KEY)
    assert len(days) in {1, 2}
    assert days == sorted(days)
    assert Recordings(recorded.clock).days(recorded.reader(), StreamKey(9)) == []


def test_footage_of_a_wrong_clock_hides_no_day(tmp_path):
    recorded = Recorded(tmp_path, minutes=1)
    recorded.store.close()
    early, years_us = recorded.clock.now_us(), 15 * 366 * 86_400_000_000
    recorded.clock.wall_us += years_us
    disk = Disk(tmp_path / "disks" / "one", recorded.clock)
    index, other_boot = tmp_path / "state" / "i.sqlite", BOOT.replace("1", "2")
    recorded.store = StoreWriter(
        [disk], index, recorded.clock, other_boot, StorePolicy(), threads=False, keys=recorded.keys
    )
    recorded.store.start()
    recorded.record(60)
    recorded.store.close()
    days = Recordings(recorded.clock).days(recorded.reader(), KEY)
    begun = [datetime.fromtimestamp(one / 1e6).astimezone().date() for one in (early - 1, early + years_us)]
    assert {str(one) for one in begun} <= set(days)
    assert len(days) <= 4


def test_a_header_has_room_for_the_worst_of_tables():
    one = Extent(samples=1000, keys=1000, payload_bytes=5, parameter_bytes=600)
    assert one.header_bytes > 32 * 1000 + 2 * 600
    assert one.header_bytes % 4096 == 0


def test_which_keys_a_disk_lacks_is_known_until_they_are_entered(tmp_path):
    recorded = Recorded(tmp_path, minutes=1, encrypted=True)
    disks = tmp_path / "disks"
    with Inspection(disks / "one") as disk:
        number = disk.identity.id
    others = KeyRing(Instance(tmp_path / "other"))
    secret = recorded.keys.writing(1)
    assert missing_keys_below(disks, number, recorded.keys, Lanes()) == set()
    assert missing_keys_below(disks, number, others, Lanes()) == {secret.number}
    assert missing_keys_below(disks, "0" * 32, others, Lanes()) == set()
    (disks / "rubbish").mkdir()
    others.enter(recovery_key(secret.secret))
    assert missing_keys_below(disks, number, others, Lanes()) == set()
