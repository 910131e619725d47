"""A small disk, a clock that tests own, and cameras whose every sample can be told from all others."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

from recorder.client.clock import ManualClock
from recorder.client.stream import (
    Codec,
    Epoch,
    Sample,
    SampleFlag,
    StreamKey,
    StreamName,
    TrackKind,
    TrackParameters,
)
from recorder.client.tap import Mode
from recorder.store import Disk, StorePolicy, StoreReader, StoreWriter, initialise, initialise_disk
from recorder.store.files import SystemFiles
from recorder.store.ids import RowId
from recorder.store.layout import STREAM_CODES
from recorder.store.rows import HoldRow

BOOT = "11111111-2222-3333-4444-555555555555"
ANOTHER_BOOT = "99999999-2222-3333-4444-555555555555"
MAIN = StreamKey(1)
SUB = StreamKey(1, StreamName.SUB)
ALWAYS = 1 << 60
NO_ID = RowId(0, 0, 0)


def epoch(number=1, *, audio=False, width=640):
    tracks = [TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90000, (b"sps%d" % number, b"pps"), width, 480)]
    if audio:
        tracks.append(TrackParameters(1, TrackKind.AUDIO, Codec.PCMA, 8000, channels=1))
    return Epoch(number, tuple(tracks))


def content(key, track, number, size):
    head = struct.pack("<HBBI", key.channel, ord(key.stream[0]), track, number)
    return (head * (size // len(head) + 1))[:size]


@dataclass
class Camera:
    """Puts samples and remembers them."""

    rig: "Rig"
    key: StreamKey
    fps: int = 5
    gop: int = 5
    size: int = 2000
    audio: bool = False
    epoch: Epoch = field(default_factory=epoch)
    sent: list[Sample] = field(default_factory=list)
    count: int = 0
    pts_us: int = 0

    def sample(self, flags=SampleFlag.NONE):
        key = self.count % self.gop == 0
        flags |= SampleFlag.KEY if key else SampleFlag.NONE
        data = content(self.key, 0, self.count, self.size * 3 if key else self.size)
        self.count += 1
        self.pts_us += 1_000_000 // self.fps
        return Sample(0, self.pts_us, self.rig.clock.now_us(), flags, data)

    def put(self, store, flags=SampleFlag.NONE):
        recorder = store.open_stream(self.key)
        one = self.sample(flags)
        self.sent.append(one)
        recorder.put(one, self.epoch)
        if self.audio:
            heard = Sample(1, one.pts_us, one.wall_us, SampleFlag.NONE, content(self.key, 1, self.count, 160))
            self.sent.append(heard)
            recorder.put(heard, self.epoch)


def unflagged(samples):
    """Simple samples without their flags: a reader adds DISCONTINUITY where something before is missing."""
    return [(*one[:3], one[4]) for one in samples]


class Rig:
    """One disk in a directory, with whatever `files` do to it."""

    def __init__(self, place: Path, *, blocks=8, block_bytes=128 << 10, files=None):
        self.clock = ManualClock()
        self.place = place
        self.disks = place / "disks"
        self.disk = self.disks / "one"
        self.index = place / "state" / "index.sqlite"
        self.files = files or SystemFiles()
        size = (blocks + 4) * block_bytes
        while initialise.plan(size, block_bytes, "one", 0).blocks < blocks:
            size += block_bytes // 2
        self.size = size
        self.id = initialise_disk(self.disk, size_bytes=size, block_bytes=block_bytes, name="one", clock=self.clock)
        self.durable = []
        self._open = []
        self._others = {}

    def more(self, name, *, files=None, size=None, block_bytes=128 << 10):
        """Make one more disk, of the same size, which stores opened later use too; gives its id."""
        place = self.disks / name
        made = initialise_disk(
            place, size_bytes=size or self.size, block_bytes=block_bytes, name=name, clock=self.clock
        )
        self._others[name] = files or SystemFiles()
        return made

    def disk_of(self, name, files=None):
        return Disk(self.disks / name, self.clock, files or self._others.get(name))

    def store(self, *, boot=BOOT, policy=None, files=None, start=True, **options):
        disks = [Disk(self.disk, self.clock, files or self.files), *map(self.disk_of, self._others)]
        note = lambda key, until: self.durable.append((key, until))  # noqa: E731
        policy = policy or StorePolicy()
        store = StoreWriter(disks, self.index, self.clock, boot, policy, on_durable=note, threads=False, **options)
        if start:
            store.start()
        return self.minds(store)

    def disk_block_bytes(self):
        return max(one.stat().st_size for one in (self.disk / "blocks").iterdir())

    def reader(self):
        return self.minds(StoreReader(self.disks, self.index, self.clock))

    def minds(self, opened):
        """Close a store or reader at the end, where nobody does before."""
        self._open.append(opened)
        return opened

    def close(self, opened):
        opened.close()
        self._open.remove(opened)

    def camera(self, key=MAIN, **options):
        return Camera(self, key, **options)

    def film(self, store, *cameras, seconds=1.0):
        """Let time pass while cameras send; the writer looks five times a second."""
        for _n in range(round(seconds * 5)):
            for one in cameras:
                one.put(store)
            self.clock.advance(0.2)
            store.step()

    def crash(self, store):
        """What kill -9 leaves: files closed, nothing more written."""
        self._open.remove(store)
        for writer in store._writers:
            if writer.volume is not None:
                writer.volume.close()
                writer.attachment.volume = None
            writer.disk.detach()
        store.index.close()

    def finish(self):
        for one in reversed(self._open):
            one.close()


def simple(samples):
    """Samples without the kind of memory that holds their data."""
    return [(one.track, one.pts_us, one.wall_us, int(one.flags), bytes(one.data)) for one in samples]


def played(reader, key=MAIN, from_us=0, until_us=None, mode=Mode.ALL):
    return simple(sample for _epoch, sample in reader.read(key, from_us, until_us, mode))


class Answer:
    """What `done` of a hold or tag heard, and how much was in a log by then."""

    def __init__(self, log=()):
        self.heard = []
        self.log, self.log_size = log, 0

    def __call__(self, row):
        self.heard.append(row)
        self.log_size = len(self.log)

    @property
    def row(self):
        (found,) = self.heard
        return found


def hold(store, start_us, end_us, key=MAIN, *, stream=None, kind=0, expires_us=0, reason="theft", answer=None):
    """Ask for a hold, and let the disks answer; gives the row, or the error."""
    answer = answer or Answer()
    code = STREAM_CODES[key.stream] if stream is None else stream
    row = HoldRow(NO_ID, key.channel, code, kind, start_us, end_us, expires_us, 0, 0, 0, "admin", reason)
    store.shared.hold(row, answer)
    store.step()
    store.step()
    return answer.row
