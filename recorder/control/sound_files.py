"""Sound files of people: found on USB sticks, and turned into clips. What is not plainly WAV is decoded by `decode`."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from recorder.client.answers.disks import StickStatus
from recorder.client.answers.update import FoundBundle
from recorder.client.errors import UNREADABLE, NotFound, Unavailable
from recorder.client.instance import Instance
from recorder.client.sound_files import LARGEST_FILE, DecodeSound, SoundDecoded, container_of
from recorder.client.words import _
from recorder.control.frames_call import Told, ask
from recorder.control.wav import LARGEST_BYTES, BadSound, Clip, parse
from recorder.store.disk_lane import Lanes
from recorder.store.errors import DiskSilent
from recorder.update.search import StickUnreadable, Wanted, found_on, opened

WANTED = Wanted((b".wav", b".mp3", b".flac", b".ogg", b".opus", b".m4a"), LARGEST_FILE)
PIECE_BYTES = 1 << 20
Found = TypeVar("Found")
PATIENCE_S = 60.0
"""A file that wants all the time that it may have, behind another one."""


class NotDecoded(BadSound):
    """A file that decode makes nothing of."""

    words = "{problem}"


class StickSilent(StickUnreadable):
    """A stick answers nobody."""

    words = _("The USB stick {stick} does not answer. Pull it out, and take another one.")


class SoundFiles:
    """Looks at sticks in threads, and decodes in the event loop."""

    def __init__(self, instance: Instance, sticks: Callable[[], Sequence[StickStatus]]) -> None:
        self._instance = instance
        self._sticks = sticks
        self._lanes = Lanes()

    def found(self) -> tuple[FoundBundle, ...]:
        """List those on sticks; raises `StickUnreadable` where there is none but damaged ones."""
        found: list[FoundBundle] = []
        damaged: StickUnreadable | None = None
        for stick in self._sticks():
            try:
                found += self._of(stick, _look)
            except StickUnreadable as error:
                damaged = error
        if damaged is not None and not found:
            raise damaged
        return tuple(found)

    def read(self, wanted: str) -> bytes:
        """Read a file of a stick by its id; raises `NotFound`, `BundleGone`, `StickUnreadable`, `BadSound`."""
        damaged: StickUnreadable | None = None
        for stick in self._sticks():
            try:
                found = self._of(stick, _look)
            except StickUnreadable as error:  # it may be on another one
                damaged = error
                continue
            if any(one.id == wanted for one in found):
                return self._of(stick, partial(_read, wanted))
        raise damaged or NotFound(what=_("such file on a USB stick"))

    def _of(self, stick: StickStatus, work: Callable[[StickStatus], Found]) -> Found:
        """Ask a stick; raises `StickSilent`, and what that raises. No thread of the API waits longer for it."""
        try:
            return self._lanes.of(stick.place).do(stick.label, partial(work, stick))
        except DiskSilent:
            raise StickSilent(stick=stick.label) from None

    async def clip(self, data: bytes) -> Clip:
        """Turn a file into a clip; raises `BadSound`, `Unavailable`."""
        if len(data) > LARGEST_FILE:
            raise BadSound(problem=_("it is larger than {most} KiB").format(most=LARGEST_FILE >> 10))
        if not container_of(data):
            raise BadSound(problem=_("nobody knows what it is"))
        if len(data) <= LARGEST_BYTES:
            try:
                # What cards play as it is stays as it is.
                return parse(data)
            except BadSound:
                pass
        try:
            told = await ask(self._instance, "decode", DecodeSound(1, data), "sound_decoded", PATIENCE_S)
            answer = msgspec.convert(told, SoundDecoded)
        except Told as refused:
            if refused.code != "NoSoundFile":
                raise
            raise NotDecoded(problem=str(refused)) from refused
        except UNREADABLE as error:
            raise Unavailable(process="decode") from error
        return parse(bytes(Clip(answer.rate_hz, 1, answer.samples)), LARGEST_FILE)


def _look(stick: StickStatus) -> tuple[FoundBundle, ...]:
    return found_on(stick.place, stick.label, WANTED)


def _read(wanted: str, stick: StickStatus) -> bytes:
    try:
        with opened(stick.place, stick.label, wanted, WANTED) as descriptor:
            data = bytearray()
            # A piece more than may be: a file that has grown is refused for what it is now.
            while len(data) <= LARGEST_FILE and (piece := os.read(descriptor, PIECE_BYTES)):
                data += piece
            return bytes(data)
    except OSError:
        raise StickUnreadable(stick=stick.label) from None
