"""Exports outlive control: the next run finds them again at the reader, follows and ends them."""

import asyncio
from types import SimpleNamespace

import pytest

from recorder.client import wire
from recorder.client.answers import JobState
from recorder.client.stream import StreamName
from recorder.control import frames_call
from recorder.control.control import Control
from recorder.control.events import Events
from recorder.control.exports import Exports, TooManyExports, Wanted
from recorder.control.frames_call import Told
from recorder.reader.client import ReaderClient
from recorder.reader.exports import ExportRequest
from recorder.reader.exports import Exports as ReaderExports
from recorder.reader.service import Reader
from recorder.sockets.listener import Listener

pytestmark = pytest.mark.anyio
ENTRY = "tests.recorder.reader.fake_export"


@pytest.fixture
async def reader(instance, clock):
    """A real reader on its socket, whose exports do as the name of their folder says."""
    found = Reader(instance, clock)
    found.exports = ReaderExports(instance, ENTRY)
    listener = Listener(instance.socket("reader"), lambda connection: ReaderClient(connection, found))
    listener.open()
    yield found
    await until(lambda: not found.exports.followers)
    listener.close()
    await found.stop()


def wanted(instance, how, *, fetched=False, folder="chosen"):
    place = instance.exports / folder / how
    place.mkdir(parents=True, exist_ok=True)
    return Wanted((1, 2), StreamName.SUB, 1_000, 2_000, place, temporary=fetched, silent=(2,))


async def until(so):
    for _look in range(3000):
        if so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("not seen in time")


async def state(exports, job, state):
    await until(lambda: exports.get(job).state is state)
    return exports.get(job)


async def another_run(instance, clock):
    found = Exports(instance, Events(clock), clock)
    await found.find_again()
    return found


async def test_an_export_under_way_is_found_again_and_can_be_called_off(instance, clock, reader):
    first = Exports(instance, Events(clock), clock)
    job = await first.begin(wanted(instance, "wait"), "ada")
    before = await state(first, job.id, JobState.RUNNING)
    await first.close()
    second = await another_run(instance, clock)
    found = await state(second, job.id, JobState.RUNNING)
    assert (found.by, found.silent, found.channels, found.stream, found.start_us, found.end_us, found.directory) == (
        "ada",
        (2,),
        before.channels,
        before.stream,
        before.start_us,
        before.end_us,
        before.directory,
    )
    assert (await second.cancel(job.id)).state is JobState.CANCELLED
    await second.close()


async def test_what_ended_while_control_was_away_is_known_with_its_files(instance, clock, reader):
    first = Exports(instance, Events(clock), clock)
    job = await first.begin(wanted(instance, "well"), "ada")
    await first.close()
    await until(lambda: reader.exports.list()[0].state == "done")
    second = await another_run(instance, clock)
    assert second.get(job.id).state is JobState.DONE
    assert second.get(job.id).files == ("a.mp4",)
    assert second.file(job.id, "a.mp4").name == "a.mp4"


async def test_what_is_over_is_known_again_from_one_answer(instance, clock, reader, monkeypatch):
    first = Exports(instance, Events(clock), clock)
    jobs = [await first.begin(wanted(instance, "well", folder=str(number)), "ada") for number in range(5)]
    await until(lambda: all(one.state == "done" for one in reader.exports.list()))
    await first.close()
    connected, connect = [], frames_call.connect

    async def counted(*about):
        connected.append(about)
        return await connect(*about)

    monkeypatch.setattr("recorder.control.exports.connect", counted)
    second = await another_run(instance, clock)
    assert sorted(one.id for one in second.all()) == sorted(one.id for one in jobs)
    assert {one.state for one in second.all()} == {JobState.DONE}
    assert len(connected) == 1, "the reader is looked for once, and asked for no job by itself"


async def test_files_that_wait_to_be_fetched_stay_and_what_nobody_knows_goes(instance, parts, clock, reader):
    first = Exports(instance, Events(clock), clock)
    job = await first.begin(wanted(instance, "fetch-well", fetched=True, folder=""), "ada")
    await first.close()
    (instance.exports / "fetch-0123").mkdir()
    second = Control(instance, parts)
    await second.start()
    assert [one.name for one in instance.exports.iterdir()] == ["fetch-well"]
    await state(second.exports, job.id, JobState.DONE)
    await second.exports.cancel(job.id)  # one that is over is forgotten, and its folder with it
    assert list(instance.exports.iterdir()) == []
    await second.stop()


async def test_a_reader_that_says_nothing_costs_no_file_and_no_start(instance, parts, monkeypatch):
    monkeypatch.setattr("recorder.control.exports.FIND_S", 0.05)
    (instance.exports / "fetch-0123").mkdir(parents=True)

    gone = []

    async def listen(reader, writer):
        while await reader.read(1000):
            pass
        writer.close()
        gone.append(writer)

    deaf = await asyncio.start_unix_server(listen, str(instance.socket("reader")))
    found = Control(instance, parts)
    await found.start()
    assert (instance.exports / "fetch-0123").is_dir()
    await found.stop()
    deaf.close()
    await until(lambda: len(gone) == 2)


async def fetched(exports, instance, folder):
    """Export to a folder that is fetched afterwards, and wait for it."""
    job = await exports.begin(wanted(instance, "large", fetched=True, folder=folder), "ada")
    await state(exports, job.id, JobState.DONE)
    return job.id


def known(exports):
    return [one.id for one in exports.all()]


async def test_what_nobody_fetches_goes_after_a_day(instance, clock, reader):
    exports = Exports(instance, Events(clock), clock)
    old = await fetched(exports, instance, "fetch-1")
    kept = await exports.begin(wanted(instance, "well", folder="chosen"), "ada")
    await state(exports, kept.id, JobState.DONE)
    clock.advance(12 * 3600)
    young = await fetched(exports, instance, "fetch-2")
    assert known(exports) == [old, kept.id, young]
    clock.advance(13 * 3600)
    newest = await fetched(exports, instance, "fetch-3")
    assert known(exports) == [kept.id, young, newest]
    assert not (instance.exports / "fetch-1" / "large").exists()
    assert (instance.exports / "fetch-2" / "large").is_dir()
    assert (instance.exports / "chosen" / "well").is_dir()
    await exports.close()


async def test_what_waits_to_be_fetched_takes_no_more_than_half_of_the_room(instance, clock, reader, monkeypatch):
    exports = Exports(instance, Events(clock), clock)
    first, second, third = [await fetched(exports, instance, f"fetch-{number}") for number in range(3)]
    assert known(exports) == [first, second, third]
    # Three of a thousand bytes each: with these free, half of the room is two thousand.
    monkeypatch.setattr("shutil.disk_usage", lambda _place: SimpleNamespace(free=1000))
    newest = await fetched(exports, instance, "fetch-9")
    assert known(exports) == [second, third, newest]
    assert not (instance.exports / "fetch-0" / "large").exists()
    await exports.close()


async def test_an_export_that_does_not_begin_leaves_no_folder(instance, clock, reader, monkeypatch):
    monkeypatch.setattr("recorder.control.exports.AT_ONCE", 0)
    exports = Exports(instance, Events(clock), clock)
    asked = wanted(instance, "well", fetched=True, folder="fetch-1")
    with pytest.raises(TooManyExports):
        await exports.begin(asked, "ada")
    assert not asked.directory.exists()


async def test_no_more_run_than_may_however_many_are_begun_in_one_moment(instance, clock, reader, monkeypatch):
    monkeypatch.setattr("recorder.control.exports.AT_ONCE", 2)
    exports = Exports(instance, Events(clock), clock)
    asked = [wanted(instance, "wait", folder=str(number)) for number in range(4)]
    found = await asyncio.gather(*(exports.begin(one, "ada") for one in asked), return_exceptions=True)
    assert [type(one).__name__ for one in found].count("TooManyExports") == 2
    for one in exports.all():
        assert (await exports.cancel(one.id)).state is JobState.CANCELLED
    await exports.close()


@pytest.mark.parametrize("how", ["wait", "die"])
async def test_what_was_to_be_fetched_and_is_not_done_leaves_nothing(instance, clock, reader, how):
    exports = Exports(instance, Events(clock), clock)
    asked = wanted(instance, how, fetched=True, folder="fetch-1")
    (asked.directory / "a.mp4").write_bytes(b"half of it")
    job = await exports.begin(asked, "ada")
    if how == "wait":
        await exports.cancel(job.id)
    await until(lambda: exports.get(job.id).state.over)
    await until(lambda: not asked.directory.exists())
    kept = await exports.begin(wanted(instance, "wait", folder="chosen"), "ada")
    await exports.cancel(kept.id)
    assert (instance.exports / "chosen" / "wait").is_dir()
    await exports.close()


class Thoughtful:
    """A reader that answers when it is told to."""

    def __init__(self, answer):
        self.answer, self.asked, self.may = answer, [], asyncio.Event()

    async def serve(self, reader, writer):
        try:
            while True:
                _kind, payload = await wire.read_frame(reader)
                self.asked.append(wire.decode(payload))
                await self.may.wait()
                if self.asked[-1]["op"] == "export":
                    writer.write(wire.encode(self.answer | {"id": 1, "job": self.asked[-1]["name"]}))
        except asyncio.IncompleteReadError:
            writer.close()

    @property
    def cancelled(self):
        return [one["job"] for one in self.asked if one["op"] == "export_cancel"]


REFUSED = {"op": "failed", "code": "NoRoom", "words": "There is no room."}


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("answer", [{"op": "exporting"}, REFUSED])
async def test_an_export_that_is_cancelled_before_the_reader_answers_does_not_begin(instance, clock, answer, twice):
    slow = Thoughtful(answer)
    server = await asyncio.start_unix_server(slow.serve, str(instance.socket("reader")))
    exports = Exports(instance, Events(clock), clock)
    asked = wanted(instance, "well", fetched=True, folder="fetch-1")
    beginning = asyncio.create_task(exports.begin(asked, "ada"))
    await until(lambda: slow.asked)
    (job,) = exports.all()
    assert (await exports.cancel(job.id)).state is JobState.CANCELLED
    if twice:
        await exports.cancel(job.id)
        assert exports.all() == []
    slow.may.set()
    if answer is REFUSED:
        with pytest.raises(Told, match="There is no room"):
            await beginning
    else:
        assert (await beginning).state is JobState.CANCELLED
        await until(lambda: slow.cancelled == [job.id])
    assert [one.state for one in exports.all()] in ([], [JobState.CANCELLED])
    assert not asked.directory.exists()
    await exports.close()
    server.close()
    await server.wait_closed()


async def test_a_name_that_is_taken_is_not_given_twice(reader):
    request = ExportRequest((1,), StreamName.MAIN, 0, 10, "wait")
    assert reader.exports.start(request, "0123456789ab") == "0123456789ab"
    assert reader.exports.start(request, "0123456789ab") != "0123456789ab"
    assert reader.exports.start(request, "../../etc") != "../../etc"
