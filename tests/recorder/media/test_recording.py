import pytest

from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.recording import GapReason
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey, TrackKind, TrackParameters
from recorder.media.recording import Recording
from recorder.media.ring import Ring

EPOCH = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000),))
KEY = StreamKey(1)
FRAME_US = 100_000
GOP = 20


class Recorder:
    """What the store is told of one stream, in order."""

    key = KEY

    def __init__(self):
        self.told = []
        self.sparse = []
        self._keys = False

    def put(self, sample, epoch):
        self.told.append(sample)
        if self._keys:
            self.sparse.append(sample)

    def keys_only(self, sparse):
        self._keys = sparse

    def end(self, reason=None):
        self.told.append(("end", reason))

    @property
    def samples(self):
        return [one for one in self.told if isinstance(one, Sample)]

    @property
    def ends(self):
        return [one[1] for one in self.told if not isinstance(one, Sample)]


class Store:
    def __init__(self):
        self.gaps = {}
        self.clock_shift_us = 0

    def look_at_clock(self):
        pass

    def gap(self, key, start_us, end_us, reason):
        self.gaps[start_us] = (end_us, reason)


class Stream:
    """A camera of 10 pictures a second with a key frame every 2 s, its ring and its recording."""

    def __init__(self, keep_s=10, why=None):
        self.clock = ManualClock()
        self.start_us = self.clock.wall_us
        self.recorder, self.store = Recorder(), Store()
        self.ring = Ring(keep_s * SECOND_US, 1 << 30)
        self.recording = Recording(self.recorder, self.store, self.ring, self.clock, why)
        self.count = 0
        self.fresh = True

    def at(self, second):
        return self.start_us + round(second * SECOND_US)

    def due(self, *intervals, sparse=(), pre=0):
        pairs = [[(self.at(start), self.at(end)) for start, end in some] for some in (intervals, sparse)]
        self.recording.set_due(*pairs, pre * SECOND_US)

    def play(self, seconds):
        for _ in range(round(seconds * SECOND_US / FRAME_US)):
            flags = SampleFlag.NONE
            if self.fresh or self.count % GOP == 0:
                flags |= SampleFlag.KEY
            if self.fresh:
                flags |= SampleFlag.DISCONTINUITY
                self.count, self.fresh = 0, False
            sample = Sample(0, self.clock.wall_us, self.clock.wall_us, flags, b"x")
            self.ring.append(sample, EPOCH)
            self.recording.sample(sample, EPOCH)
            self.count += 1
            self.clock.advance(FRAME_US / SECOND_US)

    def lose(self, why=GapReason.CAMERA_OFFLINE):
        self.recording.lost(why)
        self.fresh = True

    def recorded(self):
        """Seconds, from the start, of all samples that the store got."""
        return [(sample.wall_us - self.start_us) / SECOND_US for sample in self.recorder.samples]


def frames(start, end):
    return [index / 10 for index in range(round(start * 10), round(end * 10))]


def test_due_time_is_recorded_whole_from_the_key_frame_before_it_to_the_key_frame_after_it():
    stream = Stream()
    stream.due((5, 9))
    stream.play(20)
    assert stream.recorded() == frames(4, 10)
    assert stream.recorder.ends == [None]


@pytest.mark.covers("D-REC-01.1")
def test_an_event_is_recorded_from_before_it_began():
    stream = Stream()
    stream.play(20.5)
    stream.due((20 - 5, 30))
    stream.play(20)
    assert stream.recorded() == frames(14, 30)


def test_a_stream_that_breaks_off_behind_reordered_pictures_is_recorded_once():
    stream = Stream()
    stream.due((0, 60))
    stream.play(4.1)
    # Behind the key frame of second 4 come two pictures that are shown before it.
    for second in (3.93, 3.96):
        early = Sample(0, stream.at(second), stream.at(second), SampleFlag.NONE, b"x")
        stream.ring.append(early, EPOCH)
        stream.recording.sample(early, EPOCH)
    before = stream.recorded()
    stream.lose()
    stream.lose()
    assert stream.recorded() == before == [*frames(0, 4.1), 3.93, 3.96]


def test_intervals_that_follow_each_other_are_one_recording():
    stream = Stream()
    stream.due((3, 5), (5, 9), (8, 12))
    stream.play(20)
    assert stream.recorded() == frames(2, 12)
    assert stream.recorder.ends == [None]


def test_recordings_close_to_each_other_double_no_sample_and_lose_none():
    stream = Stream()
    stream.due((3, 5), (7, 9))
    stream.play(20)
    assert stream.recorded() == frames(2, 10)
    stream = Stream()
    stream.due((3, 5), (9, 11))
    stream.play(20)
    assert stream.recorded() == frames(2, 6) + frames(8, 12)


def test_what_is_no_longer_due_ends_at_the_next_key_frame():
    stream = Stream()
    stream.due((0, 1000))
    stream.play(5)
    stream.due()
    stream.play(20)
    assert stream.recorded() == frames(0, 6)


def test_a_camera_without_key_frames_is_not_recorded_forever():
    stream = Stream()
    stream.count = -(10**9)
    stream.due((0, 5))
    stream.play(60)
    assert stream.recorded()[-1] < 5 + 10


def test_a_camera_that_goes_leaves_a_hole_with_its_reason():
    stream = Stream()
    stream.due((0, 1000))
    stream.play(5)
    stream.lose()
    stream.clock.advance(30)
    stream.recording.lost(GapReason.CAMERA_OFFLINE)
    stream.play(5)
    assert stream.recorder.ends == [GapReason.CAMERA_OFFLINE]
    assert stream.store.gaps == {stream.at(4.9): (stream.at(35), GapReason.CAMERA_OFFLINE)}
    assert stream.recorded() == frames(0, 5) + frames(35, 40)


def test_a_hole_is_written_while_it_lasts():
    stream = Stream()
    stream.due((0, 1000))
    stream.play(5)
    stream.lose()
    for _ in range(150):
        stream.clock.advance(1)
        stream.recording.note_hole()
    ((start, (end, _reason)),) = stream.store.gaps.items()
    assert start == stream.at(4.9)
    assert stream.clock.wall_us - end < 60 * SECOND_US


def test_a_broken_connection_that_turns_out_to_be_a_dead_camera_is_called_so():
    stream = Stream()
    stream.due((0, 1000))
    stream.play(5)
    stream.lose(GapReason.NETWORK_LOSS)
    stream.clock.advance(61)
    stream.recording.lost(GapReason.CAMERA_OFFLINE)
    assert stream.store.gaps[stream.at(4.9)] == (stream.at(66), GapReason.CAMERA_OFFLINE)


def test_only_due_time_can_be_missing():
    stream = Stream()
    stream.due((0, 10), (100, 110))
    stream.play(5)
    stream.lose()
    stream.clock.advance(200)
    stream.recording.note_hole()
    stream.play(1)
    assert stream.store.gaps == {
        stream.at(4.9): (stream.at(10), GapReason.CAMERA_OFFLINE),
        stream.at(100): (stream.at(110), GapReason.CAMERA_OFFLINE),
    }


def test_a_new_channel_whose_camera_never_answers_has_a_hole_from_the_start():
    stream = Stream(why=GapReason.CAMERA_OFFLINE)
    stream.due((0, 1000))
    stream.clock.advance(20)
    stream.recording.lost(GapReason.CAMERA_OFFLINE)
    assert stream.store.gaps == {stream.at(0): (stream.at(20), GapReason.CAMERA_OFFLINE)}


def test_after_a_restart_the_store_explains_what_came_before():
    stream = Stream(why=None)
    stream.due((-100, 1000))
    stream.clock.advance(0.5)
    stream.play(5)
    assert stream.store.gaps == {}


def test_an_event_after_the_camera_went_still_keeps_what_was_before_it():
    stream = Stream()
    stream.play(10)
    stream.lose()
    stream.clock.advance(1)
    stream.due((10 - 5, 40))
    assert stream.recorded() == frames(4, 10)
    assert stream.recorder.ends == [GapReason.CAMERA_OFFLINE]
    stream.clock.advance(9)
    stream.play(5)
    assert stream.store.gaps[stream.at(9.9)] == (stream.at(20), GapReason.CAMERA_OFFLINE)


def test_after_our_clock_was_set_back_recording_goes_on():
    stream = Stream()
    stream.due((-10_000, 10_000))
    stream.play(5)
    stream.clock.step(-3600)
    stream.ring.clear()
    stream.store.clock_shift_us = -3600 * SECOND_US
    stream.fresh = True
    stream.play(5)
    assert len(stream.recorder.samples) == 100


def test_the_end_of_the_process_is_a_reason():
    stream = Stream()
    stream.due((0, 1000))
    stream.play(5)
    stream.recording.stop(GapReason.STOPPED)
    assert stream.recorder.ends == [GapReason.STOPPED]


def test_sound_and_pictures_out_of_order_are_recorded_once_each_across_a_boundary():
    stream = Stream()
    stream.due((0, 3), (3.5, 9))
    stream.play(3)
    late = Sample(1, 0, stream.at(2.95), SampleFlag.NONE, b"sound")
    stream.ring.append(late, EPOCH)
    stream.recording.sample(late, EPOCH)
    stream.play(3)
    assert stream.recorder.samples.count(late) == 1
    assert [at for at in stream.recorded() if at != 2.95] == frames(0, 6)


def keys(start, end):
    return [float(second) for second in range(start, end, 2)]


@pytest.mark.covers("V-REC-07")
def test_while_nothing_happens_key_frames_are_recorded_and_from_before_an_event_everything():
    stream = Stream()
    stream.due(sparse=[(0, 100)], pre=5)
    stream.play(40.5)
    # A key frame, or its whole GOP, may be wanted by an event of 5 s ago, told 2 s late.
    assert stream.recorded() == keys(0, 32)
    stream.due((35, 50), sparse=[(0, 100)], pre=5)
    stream.play(29.5)
    stream.recording.stop(None)
    assert stream.recorded() == [*keys(0, 34), *frames(34, 50), *keys(50, 70)]
    sparse = [(one.wall_us - stream.start_us) / SECOND_US for one in stream.recorder.sparse]
    assert sparse == [*keys(0, 34), *keys(50, 70)]
    assert stream.store.gaps == {}


@pytest.mark.covers("V-REC-07")
@pytest.mark.parametrize("late", [0, 1, 2, 3, 6, 9])
@pytest.mark.parametrize("at", [20.0, 20.7, 21.9])
def test_however_late_an_event_is_told_nothing_is_recorded_twice_and_no_picture_after_it_is_missing(at, late):
    stream = Stream()
    stream.due(sparse=[(0, 100)], pre=5)
    stream.play(at + late)
    stream.due((at - 5, at + 20), sparse=[(0, 100)], pre=5)
    stream.play(60 - at - late)
    stream.recording.stop(None)
    got = stream.recorded()
    assert got == sorted(set(got))
    # Every key frame is there, and every picture from the event's own time on.
    assert set(keys(0, 60)) <= set(got)
    assert set(frames(at if late > 2 else at - 5, at + 20)) - set(got) == set() or late > 5


def test_events_one_behind_the_other_double_nothing():
    stream = Stream()
    stream.due(sparse=[(0, 200)], pre=5)
    stream.play(20)
    stream.due((15, 25), sparse=[(0, 200)], pre=5)
    stream.play(10)
    stream.due((15, 25), (24, 40), sparse=[(0, 200)], pre=5)
    stream.play(30)
    stream.recording.stop(None)
    got = stream.recorded()
    assert got == sorted(set(got))
    assert set(frames(15, 40)) <= set(got)


def test_a_camera_that_breaks_off_while_nothing_happens_leaves_a_gap_and_no_key_frame_behind():  # S7
    stream = Stream()
    stream.due(sparse=[(0, 100)], pre=5)
    stream.play(21)
    stream.lose()
    stream.clock.advance(10)
    stream.play(10)
    stream.recording.stop(None)
    assert stream.recorded()[:11] == keys(0, 22)
    ((start, (end, reason)),) = [one for one in stream.store.gaps.items() if one[1][0] - one[0] > 5 * SECOND_US]
    assert (start, end, reason) == (stream.at(20), stream.at(31), GapReason.CAMERA_OFFLINE)


def test_when_the_plan_ends_the_held_key_frames_are_recorded():
    stream = Stream()
    stream.due(sparse=[(0, 30)], pre=5)
    stream.play(40)
    assert stream.recorded() == keys(0, 30)
    assert stream.recorder.ends[-1] is None


SOUND = Epoch(1, (*EPOCH.tracks, TrackParameters(1, TrackKind.AUDIO, Codec.PCMA, 8_000)))


@pytest.mark.parametrize("together", [False, True])
def test_sound_that_is_ahead_of_its_picture_costs_the_next_event_no_key_frame(together):
    stream = Stream()
    stream.recorder.put_together = lambda samples, epoch, _sizes: [stream.recorder.put(one, epoch) for one in samples]

    def play(seconds):
        for _ in range(round(seconds * 10)):
            stream.play(0.1)
            heard = Sample(1, stream.clock.wall_us, stream.clock.wall_us + SECOND_US // 2, SampleFlag.NONE, b"s")
            stream.ring.append(heard, SOUND)
            if together:
                stream.recording.together([heard], SOUND, 1)
            else:
                stream.recording.sample(heard, SOUND)

    stream.due((0, 5))
    play(6.3)
    stream.due((0, 5), (6.2, 9))
    play(6)
    pictures = [one for one in stream.recorder.samples if one.track == 0]
    seconds = [(one.wall_us - stream.start_us) / SECOND_US for one in pictures]
    assert seconds == frames(0, 10)
    sounds = [one.wall_us for one in stream.recorder.samples if one.track == 1]
    assert sounds == sorted(set(sounds))
