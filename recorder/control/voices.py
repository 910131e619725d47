"""The voice files of the recorder: kept as WAV in one form beside the settings, gone with their page's item."""

import asyncio
import base64
import contextlib
import os
import shutil
import threading
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from hal.client.kinds import SoundState
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance, private_directory
from recorder.client.sound_files import KEPT_BYTES
from recorder.client.words import _
from recorder.control.hardware import Hardware, HardwareRefused
from recorder.control.wav import Clip, parse
from recorder.settings.pages.voice_file import VoiceFile
from recorder.settings.settings import Author, Changed, Settings

MOST = 100
"""As many as anybody tells apart."""
SHARE = 4
"""Of the partition of settings they take no more than this part: full, nobody could set anything."""
FOLDER = "voices"
"""In the folder of settings: the sounds, each a file of the name of its item."""
LARGEST_KEPT = KEPT_BYTES + 64
"""With its head. What came with 8 bits a sample is kept with 16."""
PART_BYTES = 32 << 10
"""As `hal.kinds.sound` takes them."""


class BadVoiceName(NightjarError):
    """A name that no voice file can have."""

    status = 422
    words = _("The name of a voice file has up to 32 small letters, digits, - and _.")


class TooManyVoices(NightjarError):
    """There are as many as there may be."""

    status = 409
    words = _("There are {most} voice files already. Remove one first.")


class NoRoomForVoices(NightjarError):
    """They take as much room as they may."""

    status = 507
    words = _("There is no room for another voice file on the recorder. Remove one first.")


class NoVoice(NightjarError):
    """A name without a sound."""

    status = 409
    words = _("The voice file {name} has no sound yet. Send one to the recorder.")


class NoLoudspeaker(NightjarError):
    """Nothing here plays."""

    status = 409
    words = _("This recorder has no loudspeaker.")


class Outranked(NightjarError):
    """Something more important is heard just now."""

    status = 409
    words = _("{name} is not played: something more important is heard now.")


class Rank(IntEnum):
    """Why something is played: of two the higher one is heard, and of equals the newer one (D-AUD-02.1)."""

    PLAN = 0
    TRIAL = 1
    ALARM = 2


class Voices:
    """Keeps and plays them. Files belong to any thread, playing to the event loop."""

    def __init__(self, instance: Instance, settings: Settings, hardware: Hardware, clock: Clock) -> None:
        self._instance = instance
        self._clock = clock
        self._rank, self._until_us = Rank.PLAN, 0
        """What was begun last, and how long it is heard by the clock since the start."""
        self._settings = settings
        self._hardware = hardware
        self._adding = threading.Lock()
        self._speaking = asyncio.Lock()
        settings.guard(VoiceFile, self._check)
        settings.listen(self._changed)

    def add(self, name: str, clip: Clip, author: Author) -> None:
        """Take a sound in place of the one that was there.

        Raises `BadVoiceName`, `TooManyVoices`, `NoRoomForVoices`.
        """
        if not VoiceFile.is_item(name):
            raise BadVoiceName
        with self._adding:
            known = {one.item for one in self._settings.items(VoiceFile)}
            if name not in known and len(known) >= MOST:
                raise TooManyVoices(most=MOST)
            self._require_room(name, len(bytes(clip)))
            _write(self._place(name), bytes(clip))
            self._settings.change(VoiceFile, {}, author, item=name)
            words = _("{seconds:.1f} s of sound").format(seconds=clip.length_s)
            self._settings.remark(VoiceFile, name, "sound", words, author)

    def _require_room(self, name: str, bytes_: int) -> None:
        folder = self._place(name).parent
        try:
            others = sum(one.stat().st_size for one in folder.iterdir() if one.stem != name)
        except FileNotFoundError:
            others = 0
        if others + bytes_ > shutil.disk_usage(self._instance.config).total // SHARE:
            raise NoRoomForVoices

    def has(self, name: str) -> bool:
        """Whether there is a sound of this name."""
        return VoiceFile.is_item(name) and self._place(name).exists()

    def clip(self, name: str) -> tuple[Clip, VoiceFile]:
        """Give a sound and its page; raises `NoVoice`, `BadSound`."""
        try:
            data = self._place(name).read_bytes() if VoiceFile.is_item(name) else b""
        except FileNotFoundError:
            data = b""
        if not data:
            raise NoVoice(name=name)
        return parse(data, LARGEST_KEPT), self._settings.get(VoiceFile, name)

    @property
    def cards(self) -> list[str]:
        """The cards that play."""
        return [one.name for one in self._hardware.follower.states(SoundState) if one.online and one.plays]

    async def speak(self, name: str, times: int = 1, rank: Rank = Rank.ALARM) -> float:
        """Play a sound on every card, in place of what plays, and give how long it takes (s).

        Raises `NoVoice`, `NoLoudspeaker`, `HardwareAway`, `HardwareRefused`, `Outranked`.
        """
        clip, page = await asyncio.to_thread(self.clip, name)
        if not (cards := self.cards):
            raise NoLoudspeaker
        seconds = times * clip.length_s
        async with self._speaking:
            if rank < self._rank and self._clock.monotonic_us() < self._until_us:
                raise Outranked(name=name)
            for card in cards:
                await self._play(card, clip, page.volume_percent, times)
            self._rank, self._until_us = rank, self._clock.monotonic_us() + round(seconds * SECOND_US)
        return seconds

    async def _play(self, card: str, clip: Clip, volume_percent: int, times: int) -> None:
        ask = self._hardware.ask
        # A card without a control plays as loud as it does.
        with contextlib.suppress(HardwareRefused):
            await ask("sound", card, "set_volume", percent=volume_percent)
        for at in range(0, len(clip.samples), PART_BYTES):
            part = base64.b64encode(clip.samples[at : at + PART_BYTES]).decode()
            await ask("sound", card, "load", part=part, first=not at)
        await ask("sound", card, "play", rate_hz=clip.rate_hz, channels=clip.channels, times=times)

    def _place(self, name: str) -> Path:
        return private_directory(self._instance.config / FOLDER) / f"{name}.wav"

    @staticmethod
    def _check(_author: Author, item: str, _before: VoiceFile | None, _after: VoiceFile | None) -> None:
        if not VoiceFile.is_item(item):
            raise BadVoiceName

    def _changed(self, changed: Sequence[Changed]) -> None:
        for one in changed:
            if one.page == VoiceFile.about.name and one.removed and VoiceFile.is_item(one.item):
                self._place(one.item).unlink(missing_ok=True)


def _write(place: Path, data: bytes) -> None:
    fresh = place.with_suffix(".new")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(place)
    except OSError:
        # Half of it would take the room that settings need.
        fresh.unlink(missing_ok=True)
        raise
