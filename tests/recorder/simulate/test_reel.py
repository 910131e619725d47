"""Clips that grow, break off and are begun anew; and the order in which what is there is played."""

import io

import pytest

from recorder.client.stream import Codec
from recorder.rtsp.packetise.units import join
from recorder.simulate.clip import ClipReader, ClipSpec, ClipWriter, Head
from recorder.simulate.reel import LoopOrder, Reel, with_stamp
from recorder.simulate.stamp import Stamp, read_stamp, unit
from recorder.simulate.workshop import Workshop

SPEC = ClipSpec("warehouse-day", Codec.H264, 64, 64, 15, 1000, 2, 8)
KEY, DELTA = join([b"\x67a", b"\x68b", b"\x65key"]), join([b"\x41delta"])


class Maker:
    """Writes a clip by hand."""

    def __init__(self, cache):
        self.place = SPEC.growing_place(cache)
        self.final = SPEC.place(cache)
        self.memory = io.BytesIO()
        self.writer = ClipWriter(self.memory, Head(Codec.H264, 64, 64, SPEC.frames, SPEC.gop_frames, (b"\x67a",)))
        self.place.write_bytes(b"")

    def add(self, frames):
        for _ in range(frames):
            key = self.writer.frames % SPEC.gop_frames == 0
            self.writer.add(KEY if key else DELTA, key=key)
        with self.place.open("ab") as file:
            file.write(self.memory.getvalue()[file.tell() :])

    def finish(self):
        self.add(SPEC.frames - self.writer.frames)
        self.place.replace(self.final)


@pytest.fixture
def reel(tmp_path):
    one = Reel(SPEC, Workshop(tmp_path), 96)
    yield one
    one.close()


def test_a_gop_counts_once_the_next_has_begun(tmp_path):
    maker = Maker(tmp_path)
    reader = ClipReader(maker.place)
    for frames, gops in ((1, 0), (1, 0), (1, 1), (2, 2)):
        maker.add(frames)
        reader.refresh()
        assert reader.gops == gops
    maker.finish()
    reader.refresh()
    assert (reader.gops, reader.complete) == (4, True)


def test_a_clip_that_was_cut_off_anywhere_is_read_as_far_as_it_goes(tmp_path):
    maker = Maker(tmp_path)
    maker.finish()
    whole = maker.final.read_bytes()
    seen = []
    for length in range(len(whole)):
        maker.place.write_bytes(whole[:length])
        reader = ClipReader(maker.place)
        reader.refresh()
        seen.append(len(reader.samples))
        assert not reader.complete
        reader.close()
    assert seen == sorted(seen)
    assert seen[-1] == SPEC.frames - 1


def test_what_is_there_is_played_over_and_over_until_the_loop_is_whole(tmp_path, reel):
    maker = Maker(tmp_path)
    maker.add(5)
    order = LoopOrder(reel, 0)
    assert [order.loop_gop(gop) for gop in range(100, 105)] == [0, 1, 0, 1, 0]
    maker.finish()
    assert [order.loop_gop(gop) for gop in range(105, 111)] == [1, 2, 3, 0, 1, 2]


def test_every_viewer_of_a_camera_sees_the_same_order(tmp_path, reel):
    maker = Maker(tmp_path)
    maker.add(3)
    order = LoopOrder(reel, 0)
    first = [order.loop_gop(7), order.loop_gop(8)]
    maker.finish()
    assert [order.loop_gop(7), order.loop_gop(8)] == first


def test_streams_of_a_camera_that_were_watched_at_other_times_show_the_same_moment(tmp_path, reel):
    maker = Maker(tmp_path)
    maker.add(5)
    early, late = LoopOrder(reel, 3), LoopOrder(reel, 3)
    for gop in range(100, 106):
        early.loop_gop(gop)
    maker.finish()
    assert [early.loop_gop(gop) for gop in range(106, 116)] == [late.loop_gop(gop) for gop in range(106, 116)]


def test_a_whole_loop_begins_by_the_clock_and_the_cameras_phase(tmp_path, reel):
    Maker(tmp_path).finish()
    assert LoopOrder(reel, 3).loop_gop(10) == (10 + 3) % 4
    assert LoopOrder(reel, 0).loop_gop(10) == 2


def test_a_clip_begun_anew_by_another_maker_is_taken_when_it_is_whole(tmp_path, reel):
    dead = Maker(tmp_path)
    dead.add(5)
    reel.refresh()
    assert reel.gops == 2
    dead.place.unlink()
    other = Maker(tmp_path)
    other.add(3)
    reel.refresh()
    assert reel.gops == 2
    other.finish()
    reel.refresh()
    assert reel.complete


def test_where_nothing_can_be_played_yet_a_clip_begun_anew_is_taken_at_once(tmp_path, reel):
    Maker(tmp_path).add(1)
    reel.refresh()
    SPEC.growing_place(tmp_path).unlink()
    Maker(tmp_path).add(5)
    reel.refresh()
    assert reel.gops == 2


def test_a_stamp_stands_behind_the_parameter_sets_and_before_the_slice():
    told = Stamp(5, 6, 7)
    sei = unit(Codec.H264, told)
    assert with_stamp(Codec.H264, KEY, told) == join([b"\x67a", b"\x68b", sei, b"\x65key"])
    assert with_stamp(Codec.H264, DELTA, told) == join([sei, b"\x41delta"])
    h265 = join([b"\x40\x01v", b"\x42\x01s", b"\x44\x01p", b"\x26\x01key"])
    assert read_stamp(with_stamp(Codec.H265, h265, told)) == told


def test_packets_are_cut_once_and_stamped_for_each_showing(tmp_path, reel):
    Maker(tmp_path).finish()
    reel.refresh()
    first, second = (reel.packets(0, Stamp(n, n, 0)) for n in (1, 2))
    assert [read_stamp(one.data).frame for one in (first, second)] == [1, 2]
    assert read_stamp(first.data).frame == 1
