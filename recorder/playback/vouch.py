"""Vouching for an exported file: it is signed when it is whole, with the roots of what it was made of."""

from datetime import UTC, datetime
from pathlib import Path

from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.version import own_version
from recorder.playback.job import ExportJob
from recorder.playback.manifest import PIECE_BYTES, Manifest, Statement, Unsigned, write
from recorder.playback.mp4 import Mp4File, iso
from recorder.store import merkle, row_format
from recorder.store.device_key import DeviceKey
from recorder.store.ids import recorder_number


class Contents:
    """What went into a file: how many samples, and the roots of the chunks that they were read from."""

    def __init__(self) -> None:
        self.samples = 0
        self.roots: list[bytes] = []

    def add(self, samples: int, root: bytes) -> None:
        """Take what was read of a chunk; a root of nothing is not known."""
        self.samples += samples
        if root and (not self.roots or self.roots[-1] != root):
            self.roots.append(root)


class Vouching:
    """Signs the files of one job."""

    def __init__(self, instance: Instance, job: ExportJob) -> None:
        self._key = DeviceKey(instance)
        self._recorder = recorder_number(instance.index.parent)
        self._job = job

    def sign(self, path: Path, channel: int, contents: Contents, size: int, file: Mp4File) -> None:
        """Write manifest and signature of a finished file; raises `Unsigned` and `CannotWrite`."""
        job = self._job
        try:
            manifest = Manifest(
                file=path.name,
                bytes=size,
                piece_bytes=PIECE_BYTES,
                pieces=file.pieces,
                recorder=self._recorder,
                key=self._key.public.hex(),
                statements=tuple(Statement(row_format.pack(one)[1].hex()) for one in self._key.statements()),
                channel=channel,
                name=job.names.get(channel, ""),
                stream=job.stream.value,
                first=iso(file.start_us),
                last=iso(file.newest_us),
                samples=contents.samples,
                chunks=len(contents.roots),
                root=merkle.root(contents.roots).hex(),
                audio=channel not in job.silent,
                exported_by=job.exported_by,
                exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
                software=f"nightjar {own_version()}",
            )
            write(path, manifest, self._key)
        except OSError as error:
            raise Unsigned(path=path, problem=error.strerror or error) from error
        except NightjarError as error:
            raise Unsigned(path=path, problem=error) from error
