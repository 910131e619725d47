"""`nightjar store extract`: footage off a disk as MP4, where there is no recorder, no index and perhaps no catalog."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.moments import moment
from recorder.cli.recovery import typed_key
from recorder.cli.stream_names import stream_name
from recorder.client.clock import SECOND_US
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.store.bare import Bare
from recorder.store.errors import StoreError
from recorder.store.key_ring import KeyRing, number_of, parse_recovery_key
from recorder.store.keys import PoolKey, PoolKeys

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.playback.job import Progress


class NotExtracted(StoreError):
    """Nothing, or not all, could be written."""

    status = 500
    words = _("Channel {channel}: {problem}")


class TypedKey:
    """One key, as it was typed; `PoolKeys` for who has no recorder."""

    def __init__(self, secret: bytes) -> None:
        self._key = PoolKey(number_of(secret), secret)

    def writing(self, pool: int) -> PoolKey | None:
        """Nothing is written with it."""
        del pool

    def of(self, number: int) -> bytes | None:
        """Give the key, where it is the one."""
        return self._key.secret if number == self._key.number else None


def add(actions: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the action of `store`."""
    one = actions.add_parser(
        "extract", parents=[shared], help="save footage off disks or block files as MP4; needs no recorder and no index"
    )
    one.add_argument("disk", nargs="+", type=Path, help="a disk, a folder of block files, or a block file")
    one.add_argument("--list", action="store_true", help="only say what is there")
    one.add_argument("--channel", type=int, action="append", help="may be given more than once; default: all")
    one.add_argument("--stream", type=stream_name, default=StreamName.MAIN, choices=list(StreamName))
    one.add_argument("--from", type=moment, dest="start", metavar="TIME", help="default: the oldest")
    one.add_argument("--to", type=moment, dest="end", metavar="TIME", help="default: the newest")
    one.add_argument("--into", type=Path, default=Path(), metavar="FOLDER", help="where the files go (default: here)")
    one.add_argument("--recovery-key", action="store_true", help="ask for the recovery key of an encrypted pool")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Extract; raises `NotExtracted` where nothing came of a channel."""
    with Bare(_keys(asked)) as bare:
        for path in asked.disk:
            bare.add(path, _progress)
        found = [one for one in bare.streams() if asked.channel is None or one.key.channel in asked.channel]
        if asked.list:
            for one in found:
                _say(
                    f"{one.key.channel}/{one.key.stream:8} {_moment(one.first_us)} … {_moment(one.last_us)}"
                    f"  {one.bytes >> 20} MB"
                )
        failed = None if asked.list else _extract(asked, bare)
        for line in dict.fromkeys(bare.problems):
            _say(f"  {line}")
        if failed is not None:
            raise failed


def _extract(asked: argparse.Namespace, bare: Bare) -> NotExtracted | None:
    # Imported here: PyAV takes its time, and listing does not need it.
    from recorder.playback.export import Export
    from recorder.playback.job import ExportJob, State

    failed: NotExtracted | None = None
    folder = asked.into.absolute()
    there = {one.key.channel: one for one in bare.streams() if one.key.stream is asked.stream}
    for channel in asked.channel or there:
        kept = there.get(channel)
        start = asked.start if asked.start is not None else kept.first_us if kept else 0
        end = asked.end if asked.end is not None else kept.last_us + 1 if kept else 1
        job = ExportJob((channel,), asked.stream, start, max(end, start + 1), str(folder))
        done = Export(job, bare, _tell).run()
        for file in done.files:
            _say(file)
        if done.words and done.state is State.DONE:
            _say(f"  {done.words}")
        if done.state is not State.DONE:
            failed = NotExtracted(channel=channel, problem=done.words)
    return failed


def _keys(asked: argparse.Namespace) -> PoolKeys:
    if asked.recovery_key:
        return TypedKey(parse_recovery_key(typed_key()))
    # Never made where there is none: extracting changes nothing.
    return KeyRing(Instance(asked.data)) if (asked.data / "config").is_dir() else TypedKey(bytes(32))


def _tell(progress: "Progress") -> None:
    if progress.total_us:
        _progress(progress.done_us, progress.total_us)


def _progress(done: int, count: int) -> None:
    if sys.stderr.isatty() and count:
        sys.stderr.write(f"\r{100 * done // count:3} %\r")


def _moment(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / SECOND_US, UTC).astimezone().isoformat(sep=" ", timespec="seconds")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
