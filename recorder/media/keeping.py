"""Holds and tags that a client of `media.sock` makes, changes and ends; each is answered when it is safe on a disk."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import msgspec

from recorder.client.errors import Invalid, NightjarError
from recorder.client.holds import HoldKind
from recorder.client.stream import StreamName
from recorder.client.tap import Failed
from recorder.client.words import _
from recorder.media.plan import LAST_CHANNEL
from recorder.sockets.request import read
from recorder.store.notes import CODES, NO_ID, hold_of, read_id, stream_code, tag_of
from recorder.store.rows import HoldRow, TagRow
from recorder.store.shared_rows import Done, Shared, SharedRows


class _Hold(msgspec.Struct):
    id: int
    channel: int
    start_us: int
    end_us: int
    owner: str
    reason: str
    stream: StreamName | None = None
    expires_us: int | None = None
    kind: HoldKind = HoldKind.LOCK


class _Expire(msgspec.Struct):
    id: int
    hold: str
    expires_us: int | None


class _Release(msgspec.Struct):
    id: int
    hold: str
    owner: str
    reason: str


class _Tag(msgspec.Struct):
    id: int
    channel: int
    start_us: int
    end_us: int
    owner: str
    words: str
    stream: StreamName | None = None


class _Rename(msgspec.Struct):
    id: int
    tag: str
    words: str


class _Remove(msgspec.Struct):
    id: int
    tag: str


class Keeping:
    """What one connection asks of holds and tags."""

    def __init__(self, shared: SharedRows, send: Callable[[Any], None]) -> None:
        self._shared, self._send = shared, send

    def received(self, message: dict[str, Any]) -> None:
        """Do what a message asks; raises `NightjarError`."""
        match message["op"]:
            case "hold":
                self._hold(read(message, _Hold))
            case "hold_expire":
                expire = read(message, _Expire)
                hold = read_id(expire.hold, _("such a lock"))
                self._shared.change_hold(hold, _moment(expire.expires_us), self._answer(expire.id))
            case "hold_release":
                release = read(message, _Release)
                hold = read_id(release.hold, _("such a lock"))
                self._shared.release(hold, release.owner, release.reason, self._answer(release.id))
            case "tag":
                self._tag(read(message, _Tag))
            case "tag_rename":
                rename = read(message, _Rename)
                self._shared.rename_tag(read_id(rename.tag, _("such a tag")), rename.words, self._answer(rename.id))
            case _:
                remove = read(message, _Remove)
                self._shared.remove_tag(read_id(remove.tag, _("such a tag")), self._answer(remove.id))

    def _hold(self, asked: _Hold) -> None:
        what = (_channel(asked.channel), stream_code(asked.stream), CODES[asked.kind])
        when = (asked.start_us, asked.end_us, _moment(asked.expires_us))
        row = HoldRow(NO_ID, *what, *when, 0, 0, 0, asked.owner, asked.reason)
        self._shared.hold(row, self._answer(asked.id))

    def _tag(self, asked: _Tag) -> None:
        what = (_channel(asked.channel), stream_code(asked.stream), 0)
        row = TagRow(NO_ID, *what, asked.start_us, asked.end_us, 0, 0, asked.owner, asked.words)
        self._shared.tag(row, self._answer(asked.id))

    def _answer(self, number: int) -> Done:
        loop = asyncio.get_running_loop()

        def done(found: Shared | NightjarError) -> None:
            # Heard in a disk's thread; the loop may be closed when the last writes are confirmed.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._send, _told(number, found))

        return done


def _told(number: int, found: Shared | NightjarError) -> object:
    if isinstance(found, NightjarError):
        return Failed(number, found.code, str(found))
    if isinstance(found, HoldRow):
        return {"op": "held", "id": number, "hold": hold_of(found)}
    return {"op": "tagged", "id": number, "tag": tag_of(found)}


def _channel(number: int) -> int:
    if not 1 <= number <= LAST_CHANNEL:
        raise Invalid(problem=_("there is no channel {number}").format(number=number))
    return number


def _moment(at_us: int | None) -> int:
    if at_us is not None and not 0 < at_us < 1 << 62:
        raise Invalid(problem=_("a time out of range"))
    return at_us or 0
