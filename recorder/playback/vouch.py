"""Vouching for an exported file: what went into it is hashed while it is written, and signed when it is whole."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.stream import Sample
from recorder.playback.job import ExportJob
from recorder.playback.manifest import PIECE_BYTES, Manifest, Statement, Unsigned, hashes_of, pieces_of, write
from recorder.store import merkle, rows
from recorder.store.device_key import DeviceKey
from recorder.store.ids import recorder_number

_BATCH = 64
"""Samples that are handed over at once: a hand-over costs more than hashing a small one."""
_WAITING = 64
"""Batches that wait to be hashed."""


class Tree:
    """The leaves of the samples of one file, hashed by a thread of their own beside the muxer."""

    def __init__(self) -> None:
        self._leaves: list[bytes] = []
        self._batch: list[Sample] = []
        self._waiting: queue.Queue[list[Sample]] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, name="hashes", daemon=True)
        self._thread.start()

    def add(self, sample: Sample) -> None:
        """Take one more sample."""
        self._batch.append(sample)
        if len(self._batch) == _BATCH:
            self._waiting.put(self._batch)
            self._batch = []

    def finish(self) -> tuple[int, bytes]:
        """Give how many samples there were, and their root."""
        if self._batch:
            self._waiting.put(self._batch)
        self._waiting.put([])
        self._thread.join()
        return len(self._leaves), merkle.root(self._leaves)

    def _run(self) -> None:
        while batch := self._waiting.get():
            self._leaves += [
                merkle.sample_leaf(one.track, int(one.flags) & 0xFF, one.wall_us, one.pts_us, one.data) for one in batch
            ]


class Hashes:
    """The hashes of a file that is whole, made while it is carried to the disk. It may be renamed meanwhile."""

    def __init__(self, path: Path) -> None:
        """Begin; raises `OSError`."""
        self._thread = ThreadPoolExecutor(1, "hashes")
        self._found = self._thread.submit(hashes_of, pieces_of(path))
        self._thread.shutdown(wait=False)

    def result(self) -> tuple[int, tuple[str, ...]]:
        """Give size and hashes of the pieces; raises `OSError`."""
        return self._found.result()


class Vouching:
    """Signs the files of one job."""

    def __init__(self, instance: Instance, job: ExportJob) -> None:
        self._key = DeviceKey(instance)
        self._recorder = recorder_number(instance.index.parent)
        self._job = job

    def sign(self, path: Path, channel: int, tree: Tree, hashes: "Hashes", first_us: int, last_us: int) -> None:
        """Write manifest and signature of a finished file; raises `Unsigned` and `CannotWrite`."""
        samples, root = tree.finish()
        job = self._job
        try:
            size, pieces = hashes.result()
            manifest = Manifest(
                file=path.name,
                bytes=size,
                piece_bytes=PIECE_BYTES,
                pieces=pieces,
                recorder=self._recorder,
                key=self._key.public.hex(),
                statements=tuple(Statement(rows.pack(one)[1].hex()) for one in self._key.statements()),
                channel=channel,
                name=job.names.get(channel, ""),
                stream=job.stream.value,
                first=iso(first_us),
                last=iso(last_us),
                samples=samples,
                root=root.hex(),
                audio=job.audio,
                exported_by=job.exported_by,
                exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
                software=_software(),
            )
            write(path, manifest, self._key)
        except OSError as error:
            raise Unsigned(path=path, problem=error.strerror or error) from error
        except NightjarError as error:
            raise Unsigned(path=path, problem=error) from error


def iso(at_us: int) -> str:
    """Give a time as it stands in a manifest."""
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{at_us % 1_000_000:06}Z"


def _software() -> str:
    try:
        return f"nightjar {version('nightjar')}"
    except PackageNotFoundError:
        return "nightjar"
