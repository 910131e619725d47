"""Footage that was recorded while our clock was wrong is sought, played and exported at its true time."""

import threading
from datetime import UTC, datetime

import av
import pytest
from msgspec import structs

from recorder.client.clock import SECOND_US
from recorder.client.instance import Instance
from recorder.client.stream import SampleFlag
from recorder.client.tap import Mode
from recorder.playback.export import Export
from recorder.playback.job import ExportJob, State
from recorder.playback.recorded import FromStore
from tests.recorder.decode.film import film
from tests.recorder.store.rig import ALWAYS, ANOTHER_BOOT, MAIN, Rig, played

YEARS_S = 50 * 365 * 86_400
FILM_S = 8
HISTORIES = {
    "hours": [3600, -7200, 3600],
    "seconds": [6, -12, 6],
    "forward-twice": [3600, 3600, -7200],
    "from-1970": [-YEARS_S, YEARS_S],
    "restarts": [-YEARS_S, "restart", YEARS_S, "restart", 60, "restart", -60],
}


class Wrong:
    """A camera that is recorded by a clock that is wrong for a while; `true` are its samples at their true times."""

    def __init__(self, rig, steps, off_s=0):
        self.rig, self.store, self.camera = rig, rig.store(boot=ANOTHER_BOOT), rig.camera()
        self.off_us = off_s * SECOND_US
        self.true = []
        self.film()
        for step in steps:
            if step == "restart":
                self.store.flush()
                rig.crash(self.store)
                self.store = rig.store(boot=ANOTHER_BOOT)
            else:
                self.step(step)
            self.film()
        self.store.flush()

    def film(self, seconds=FILM_S):
        before = len(self.camera.sent)
        self.rig.film(self.store, self.camera, seconds=seconds)
        self.true += [(one, one.wall_us - self.off_us) for one in self.camera.sent[before:]]

    def step(self, seconds):
        self.rig.clock.step(seconds)
        self.off_us += seconds * SECOND_US

    def between(self, start_us, end_us):
        """What a playback from one time to another gives: from the key frame before."""
        keys = [at for one, at in self.true if one.flags & SampleFlag.KEY and at <= start_us]
        first = max(keys, default=self.true[0][1])
        return [(at, bytes(one.data)) for one, at in self.true if first <= at < end_us]

    def times(self):
        """Moments to seek to: around every step, and within what lies between."""
        at = [when for _one, when in self.true]
        around = [when + d for when in at[:: FILM_S * 5] for d in (-1_500_000, -1, 0, 100_000)]
        return sorted({*around, *at[7::41], at[-1]})


@pytest.fixture(params=HISTORIES, ids=str, scope="module")
def wrong(request, tmp_path_factory):
    rig = Rig(tmp_path_factory.mktemp("wrong"), blocks=60)
    yield Wrong(rig, HISTORIES[request.param])
    rig.finish()


def given(samples):
    return [(one[2], one[4]) for one in samples]


@pytest.mark.covers("D-RULE-36")
def test_it_is_played_once_whole_and_in_order(wrong):
    reader = wrong.rig.reader()
    whole = [(at, bytes(one.data)) for one, at in wrong.true]
    assert given(played(reader)) == whole
    assert given(played(reader, mode=Mode.KEY)) == whole[::5]
    spans = reader.spans(MAIN, 0, ALWAYS)
    assert spans[0].start_us == whole[0][0]
    assert spans[-1].end_us == whole[-1][0] + 1
    assert sum(one.end_us - one.start_us for one in spans) < whole[-1][0] - whole[0][0] + SECOND_US


@pytest.mark.covers("D-RULE-36")
def test_whatever_time_is_sought_playing_begins_with_the_key_frame_before_it(wrong):
    reader = wrong.rig.reader()
    for at_us in wrong.times():
        until_us = at_us + 4 * SECOND_US
        expected = wrong.between(at_us, until_us)
        assert given(played(reader, MAIN, at_us, until_us)) == expected, at_us
        keys = [one for one in expected if one in wrong.between(0, ALWAYS)[::5]]
        assert given(played(reader, MAIN, at_us, until_us, Mode.KEY)) == keys, at_us


def test_backward_it_is_played_from_any_time_to_the_beginning(wrong):
    reader = wrong.rig.reader()
    whole = [(at, bytes(one.data)) for one, at in wrong.true]
    keys = whole[::5]
    for at_us in wrong.times()[::4]:
        gops = [whole[n : n + 5] for n in range(0, len(whole), 5)]
        back = [[one for one in gop if one[0] <= at_us] for gop in reversed(gops) if gop[0][0] <= at_us]
        assert given(played(reader, MAIN, at_us, None, Mode.REVERSE)) == [one for gop in back for one in gop], at_us
        wanted = [one for one in reversed(keys) if one[0] <= at_us]
        assert given(played(reader, MAIN, at_us, None, Mode.REVERSE_KEY)) == wanted, at_us


def test_nothing_is_found_at_the_times_that_the_clock_told_and_that_never_were(wrong):
    reader = wrong.rig.reader()
    first, last = wrong.true[0][1], wrong.true[-1][1]
    assert not reader.runs(MAIN, 0, first)
    assert not reader.runs(MAIN, last + SECOND_US, ALWAYS)
    assert reader.gaps(MAIN, 0, ALWAYS) == []


@pytest.mark.parametrize("off_s", [-3600, 3600], ids=["behind", "ahead"])
@pytest.mark.parametrize("mode", [Mode.ALL, Mode.KEY])
def test_a_playback_that_is_under_way_when_the_clock_is_set_gives_all_of_it_once(rig_on, mode, off_s):
    rig = rig_on(blocks=60)
    rig.clock.step(off_s)
    wrong = Wrong(rig, [], off_s)
    wrong.store.flush()
    playing = rig.reader().read(MAIN, 0, None, mode)
    got = [next(playing)[1] for _n in range(3)]
    wrong.step(-off_s)
    wrong.film()
    wrong.store.flush()
    rig.clock.advance(5)
    for _again in range(3):
        got += [one for _epoch, one in playing]
    sent = [bytes(one.data) for one, _at in wrong.true][:: 5 if mode is Mode.KEY else 1]
    assert [bytes(one.data) for one in got] == sent


@pytest.mark.parametrize("off_s", [-3600, 3600], ids=["behind", "ahead"])
def test_a_playback_backward_goes_on_to_the_beginning_when_the_clock_is_set(rig_on, off_s):
    rig = rig_on(blocks=60)
    rig.clock.step(off_s)
    wrong = Wrong(rig, [], off_s)
    wrong.store.flush()
    playing = rig.reader().read(MAIN, rig.clock.now_us(), None, Mode.REVERSE_KEY)
    got = [next(playing)[1] for _n in range(3)]
    wrong.step(-off_s)
    wrong.film(2)
    wrong.store.flush()
    rig.clock.advance(5)
    got += [one for _epoch, one in playing]
    sent = [bytes(one.data) for one, _at in wrong.true][: FILM_S * 5 : 5]
    assert [bytes(one.data) for one in got] == sent[::-1]


@pytest.mark.parametrize("steps", [[3600, -3600], [-YEARS_S, YEARS_S], [6, -12, 6]], ids=str)
def test_an_export_across_clock_maps_has_every_picture_at_its_true_time(rig_on, tmp_path, steps):
    rig = rig_on(blocks=60)
    made, store = film(100, gop=10), rig.store()
    off_us, true = 0, []
    each = 100 // (len(steps) + 1) // 10 * 10
    for number, one in enumerate(made.samples()):
        if number and number % each == 0 and steps:
            step = steps.pop(0)
            rig.clock.step(step)
            off_us += step * SECOND_US
        sample = structs.replace(one, wall_us=rig.clock.now_us())
        true.append(sample.wall_us - off_us)
        store.open_stream(MAIN).put(sample, made.epoch)
        rig.clock.advance(0.04)
        store.step()
    assert off_us == 0
    rig.close(store)
    folder = tmp_path / "stick"
    folder.mkdir()
    job = ExportJob((1,), MAIN.stream, true[5], true[-5], str(folder))
    done = Export(job, FromStore(Instance(rig.place), threading.Event()), lambda _told: None).run()
    assert done.state is State.DONE, done.words
    expected = [at for at in true if true[0] <= at < true[-5]]
    found = []
    for path in map(str, done.files):
        with av.open(path) as container:
            begin = container.metadata["creation_time"]
            base = datetime.fromisoformat(begin).timestamp()
            found += [base + float(one.pts * one.time_base) for one in container.decode(video=0)]
    assert len(found) == len(expected)
    assert [round(one, 0) for one in found] == pytest.approx([round(at / SECOND_US, 0) for at in expected], abs=1.1)
    assert datetime.fromtimestamp(true[0] / SECOND_US, UTC).strftime("%Y%m%d") in str(done.files[0]).replace("-", "")
