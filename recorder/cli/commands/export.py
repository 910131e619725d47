"""Take footage away as MP4."""

import argparse
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.files import NotWritten, beside, check_free, check_place, fresh_of
from recorder.cli.moments import moment
from recorder.cli.stream_names import stream_name
from recorder.client.answers import ExportJob, JobState
from recorder.client.api import ApiClient
from recorder.client.errors import NightjarError
from recorder.client.stream import StreamName
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

LOOK_S = 0.1
PROOF = ("", ".json", ".sig")


class ExportFailed(NightjarError):
    """The export did not come to its end."""

    words = _("The export failed: {words}")


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("export", parents=[shared], help="save a stretch of footage as MP4, without re-encoding")
    one.add_argument("--channel", type=int, required=True)
    one.add_argument("--stream", type=stream_name, default=StreamName.MAIN, choices=list(StreamName))
    one.add_argument("--from", type=moment, required=True, dest="start", metavar="TIME")
    one.add_argument("--to", type=moment, required=True, dest="end", metavar="TIME")
    one.add_argument("file", type=Path, help="where holes cut the footage, more parts are named like it")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Export, wait, and write the file."""
    check_free(*_with_proof(asked.file))
    check_place(asked.file)
    ask = owner(asked)
    job = ask.export([asked.channel], asked.start, asked.end, stream=asked.stream)
    try:
        job = _wait(ask, job)
        places = [_place(asked.file, count) for count in range(1, len(job.files) + 1)]
        check_free(*(one for place in places for one in _with_proof(place)))
        for name, place in zip(job.files, places, strict=True):
            for suffix, path in zip(PROOF, _with_proof(place), strict=True):
                _download(ask, job, name + suffix, path)
            print(place)
        if job.words:
            print(job.words, file=sys.stderr)
    finally:
        with suppress(NightjarError):
            ask.cancel_export(job.id)  # what stays in the recorder's own export folder is not wanted there


def _place(file: Path, count: int) -> Path:
    return file if count == 1 else file.with_stem(f"{file.stem}_part{count}")


def _with_proof(file: Path) -> list[Path]:
    """Give a file, and the manifest and signature that lie beside it."""
    return [beside(file, file.name + suffix) for suffix in PROOF]


def _wait(ask: ApiClient, job: ExportJob) -> ExportJob:
    while not job.state.over:
        time.sleep(LOOK_S)
        job = ask.export_job(job.id)
        if sys.stderr.isatty() and job.total_us:
            sys.stderr.write(f"\r{100 * job.done_us // job.total_us:3} %")
    if sys.stderr.isatty():
        sys.stderr.write("\r     \r")
    if job.state is not JobState.DONE:
        raise ExportFailed(words=job.words)
    return job


def _download(ask: ApiClient, job: ExportJob, name: str, path: Path) -> None:
    fresh = fresh_of(path)
    try:
        with fresh.open("xb") as into:
            ask.download_export(job.id, into, name)
        fresh.replace(path)
    except OSError as error:
        raise NotWritten(path=path, problem=error.strerror or error) from error
    finally:
        fresh.unlink(missing_ok=True)
