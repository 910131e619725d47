"""From any time, forward, by key frames and backwards; around damage, and while the disk is written."""

import random

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.stream import SampleFlag
from recorder.client.tap import Mode
from recorder.store.chunk_reader import ChunkReader
from recorder.store.inspection import Inspection
from recorder.store.layout import PAGE
from recorder.store.walk import entries_of_block
from tests.recorder.store.rig import MAIN, played, simple, unflagged

GOP_US = SECOND_US  # five pictures a second, five to a GOP


@pytest.fixture
def filmed(rig_on):
    """Two spans of 20 s with 30 s between them, on several blocks, the last one open."""
    rig = rig_on(blocks=16)
    store = rig.store()
    camera = rig.camera(audio=True)
    rig.film(store, camera, seconds=20)
    store.open_stream(MAIN).end(None)
    rig.clock.advance(30)
    rig.film(store, camera, seconds=20)
    store.flush()
    rig.camera_used, rig.store_used = camera, store
    return rig


def test_playing_begins_at_the_key_frame_at_or_before_the_wanted_time(filmed):
    sent = filmed.camera_used.sent
    begin = sent[0].wall_us
    reader = filmed.reader()
    chance = random.Random(1)
    for _n in range(40):
        at = begin + chance.randrange(20 * SECOND_US)
        first = played(reader, from_us=at)[0]
        assert first[3] & SampleFlag.KEY
        assert first[2] == begin + (at - begin) // GOP_US * GOP_US


def test_a_time_in_a_hole_plays_from_the_next_span_on(filmed):
    sent = filmed.camera_used.sent
    second = next(one for one in sent if one.wall_us >= sent[0].wall_us + 50 * SECOND_US)
    got = played(filmed.reader(), from_us=sent[0].wall_us + 30 * SECOND_US)
    assert got[0][2] == second.wall_us
    assert len(got) == 200


def test_a_time_before_all_footage_plays_from_its_beginning(filmed):
    assert played(filmed.reader(), from_us=5)[0][2] == filmed.camera_used.sent[0].wall_us


def test_a_time_behind_all_footage_plays_what_comes_next(filmed):
    filmed.clock.advance(60)
    playing = filmed.reader().read(MAIN, filmed.clock.now_us())
    assert list(playing) == [] or filmed.store_used.status()
    filmed.store_used.open_stream(MAIN).end(None)
    camera = filmed.camera()
    filmed.film(filmed.store_used, camera, seconds=1)
    filmed.store_used.flush()
    assert {one.wall_us for _epoch, one in playing} >= {one.wall_us for one in camera.sent}


def test_playing_ends_at_the_wanted_time(filmed):
    begin = filmed.camera_used.sent[0].wall_us
    got = played(filmed.reader(), from_us=begin, until_us=begin + 3 * SECOND_US)
    assert got == simple(one for one in filmed.camera_used.sent if one.wall_us < begin + 3 * SECOND_US)


def test_holes_are_marked_where_playing_jumps_them(filmed):
    got = played(filmed.reader())
    breaks = [one[2] for one in got if one[3] & SampleFlag.DISCONTINUITY]
    assert breaks == [filmed.camera_used.sent[0].wall_us + 50 * SECOND_US]


def test_key_frames_alone_are_given_when_asked(filmed):
    got = played(filmed.reader(), mode=Mode.KEY)
    keys = [one for one in simple(filmed.camera_used.sent) if one[3] & SampleFlag.KEY]
    assert unflagged(got) == unflagged(keys)


def test_backwards_gives_gop_after_gop_each_forward_inside(filmed):
    sent = list(simple(filmed.camera_used.sent))
    begin = sent[0][2]
    gops = []
    for one in sent:
        if one[3] & SampleFlag.KEY:
            gops.append([])
        gops[-1].append(one)
    wanted = [one for gop in reversed(gops) for one in gop]
    got = played(filmed.reader(), from_us=filmed.clock.now_us(), mode=Mode.REVERSE)
    assert unflagged(got) == unflagged(wanted)
    firsts = [one for one in got if one[3] & SampleFlag.KEY]
    assert all(one[3] & SampleFlag.DISCONTINUITY for one in firsts)
    # From the middle of a GOP: nothing later than the wanted time; down to the floor.
    part = played(filmed.reader(), from_us=begin + 4_500_000, until_us=begin + 2_500_000, mode=Mode.REVERSE)
    assert [one[2] - begin for one in part if one[0] == 0] == [
        *range(4_000_000, 4_500_001, 200_000),
        *range(3_000_000, 4_000_000, 200_000),
        *range(2_000_000, 3_000_000, 200_000),
    ]


def test_backwards_by_key_frames_reads_these_alone(filmed, monkeypatch):
    sent = list(simple(filmed.camera_used.sent))
    keys = [one for one in reversed(sent) if one[3] & SampleFlag.KEY and one[0] == 0]
    read = []
    true_read = ChunkReader._read
    monkeypatch.setattr(ChunkReader, "_read", lambda *asked: read.append(asked[-1]) or true_read(*asked))
    got = played(filmed.reader(), from_us=filmed.clock.now_us(), mode=Mode.REVERSE_KEY)
    assert unflagged(got) == unflagged(keys)
    assert all(one[3] & SampleFlag.DISCONTINUITY for one in got)
    assert sum(read) < sum(len(one[-1]) for one in sent) / 2
    begin = sent[0][2]
    part = played(filmed.reader(), from_us=begin + 4_500_000, until_us=begin + 2_500_000, mode=Mode.REVERSE_KEY)
    assert [one[2] - begin for one in part] == [4_000_000, 3_000_000, 2_000_000]


def chunks(rig):
    """(path, entry) of every chunk of sealed blocks."""
    with Inspection(rig.disk) as disk:
        for number, row in sorted(disk.contents().blocks.items()):
            file = disk.block(number)
            size = disk.identity.block_bytes
            for one in entries_of_block(file, disk.identity.id_bytes, number, row.incarnation, size):
                yield rig.disk / "blocks" / f"{number:06d}.block", one
            file.close()


def scribble(path, offset, data):
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


@pytest.mark.parametrize("where", ["payload", "header", "tail"])
def test_damage_costs_what_it_hit_and_is_marked(filmed, where):
    path, entry = list(chunks(filmed))[4]
    if where == "payload":
        scribble(path, entry.offset + entry.header_bytes + 10, b"\xff" * 20)
    elif where == "header":
        scribble(path, entry.offset + 300, b"\xff" * 20)
    else:
        scribble(path, (128 << 10) - PAGE, b"\xff" * 20)
    got = played(filmed.reader())
    sent = simple(filmed.camera_used.sent)
    missing = set(unflagged(sent)) - set(unflagged(got))
    assert set(unflagged(got)) <= set(unflagged(sent))
    assert len(missing) == {"payload": 1, "header": entry.samples, "tail": 0}[where]
    if missing:
        after = next(n for n, one in enumerate(got) if one[2] > max(one[2] for one in missing) - 1)
        assert any(one[3] & SampleFlag.DISCONTINUITY for one in got[after - 2 : after + 2])


def test_a_damaged_chunk_ends_no_journey_backwards(filmed):
    path, entry = list(chunks(filmed))[4]
    scribble(path, entry.offset + 300, b"\xff" * 20)
    got = played(filmed.reader(), from_us=filmed.clock.now_us(), mode=Mode.REVERSE)
    assert got[-10][2] < filmed.camera_used.sent[0].wall_us + SECOND_US
    sent = unflagged(simple(filmed.camera_used.sent))
    assert set(unflagged(got)) <= set(sent)


def test_footage_overwritten_while_it_plays_is_skipped_and_never_mixed(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=60)
    store.flush()
    playing = rig.reader().read(MAIN, 0)
    got = [next(playing)[1] for _n in range(10)]
    rig.film(store, camera, seconds=55)
    got += [one for _epoch, one in playing]
    sent = unflagged(simple(camera.sent))
    assert set(unflagged(simple(got))) <= set(sent)
    walls = [one.wall_us for one in got]
    assert walls == sorted(walls)
    assert any(one.flags & SampleFlag.DISCONTINUITY for one in got[10:])
    assert got[-1].wall_us > camera.sent[0].wall_us + 110 * SECOND_US


def test_a_gop_over_the_end_of_a_block_is_played_whole(rig_on):
    rig = rig_on(blocks=16)
    store = rig.store()
    camera = rig.camera(gop=70, size=3000)
    rig.film(store, camera, seconds=42)
    store.flush()
    reader = rig.reader()
    begin = camera.sent[0].wall_us
    got = played(reader, from_us=begin + 13 * SECOND_US)
    assert got[0][2] == begin
    back = played(reader, from_us=begin + 20 * SECOND_US, mode=Mode.REVERSE)
    assert [one[2] for one in back][:2] == [begin + 14 * SECOND_US, begin + 14_200_000]
    assert len(back) == 101


def test_a_stream_without_video_plays_from_any_time(rig):
    from recorder.client.stream import Codec, Epoch, Sample, StreamKey, StreamName, TrackKind, TrackParameters

    key = StreamKey(3, StreamName.SUB2)
    sound = Epoch(1, (TrackParameters(1, TrackKind.AUDIO, Codec.PCMU, 8000, channels=1),))
    store = rig.store()
    recorder = store.open_stream(key)
    for n in range(200):
        recorder.put(Sample(1, n * 40_000, rig.clock.now_us(), SampleFlag.NONE, bytes([n]) * 320), sound)
        rig.clock.advance(0.04)
        store.step()
    store.flush()
    reader = rig.reader()
    begin = reader.oldest(key)
    got = played(reader, key, begin + 4 * SECOND_US)
    assert begin + 2 * SECOND_US < got[0][2] <= begin + 4 * SECOND_US
    assert got[-1][4] == bytes([199]) * 320
