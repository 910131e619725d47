"""Exports of footage to files."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier
from recorder.client.stream import StreamName


class ExportCalls(Carrier):
    """Exports footage."""

    def export(
        self,
        channels: Sequence[int],
        start_us: int,
        end_us: int,
        *,
        stream: StreamName = StreamName.MAIN,
        directory: Path | None = None,
    ) -> answers.ExportJob:
        """Begin an export to MP4, one file per channel; without a directory it lands where exports go."""
        wanted = {"channels": list(channels), "start": start_us, "end": end_us, "stream": stream.value}
        if directory is not None:
            wanted["directory"] = str(directory)
        return self._send(answers.ExportJob, "POST", "/exports", wanted)

    def exports(self) -> list[answers.ExportJob]:
        """One's own exports; an administrator's are everybody's."""
        return self._get(list[answers.ExportJob], "/exports")

    def export_job(self, job: str) -> answers.ExportJob:
        """How far an export is."""
        return self._get(answers.ExportJob, f"/exports/{job}")

    def cancel_export(self, job: str) -> None:
        """Stop an export; what it wrote is removed."""
        self._send(None, "DELETE", f"/exports/{job}")

    def download_export(self, job: str, into: BinaryIO, name: str | None = None) -> int:
        """Copy a finished file of an export (the first, unless named) into an open file; gives its bytes."""
        if name is None:
            name = self.export_job(job).files[0]
        return self._copy(f"/exports/{job}/files/{quote(name, safe='')}", into)
