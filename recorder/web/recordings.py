"""What is recorded as a tree of files: /recordings/<channel>/<day>/<time>.mp4, asked of control and reader.

control says who somebody is and what he may see, the reader gives files under the grant that follows from it. Names are
made here and only looked up: nothing that the network sends becomes a path.
"""

import asyncio
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from recorder.client import wire
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError, NotFound, Unavailable
from recorder.client.grants import BadGrant, Verifier
from recorder.client.instance import Instance
from recorder.client.tap import Credit, unpack_sample
from recorder.client.words import _
from recorder.playback.names import safe
from recorder.web.proxy import Proxy

WINDOW_BYTES = 2 << 20
ANSWER_S = 60.0
MOST_SEEN = 64
"""Logins that are remembered, and listings; the oldest go first."""
KEY = "njk_"
"""How the keys of programs begin."""
SEEN_S = 300.0
"""So long what somebody may see is not asked again: who was locked out yesterday is locked out five minutes later."""
FRESH_S = 10.0
"""So long a listing is believed."""
MOST_FILES = 5000
"""In one day: as many as a camera makes that breaks off every quarter of a minute."""


class NotLetIn(NightjarError):
    """control does not know this caller, or lets him see nothing."""

    status = 401
    words = _("{words}")


class Told(NightjarError):
    """What the reader refuses, in its words."""

    status = 409
    words = "{words}"


@dataclass(frozen=True)
class File:
    """One file as the reader lists it, and its name within its day."""

    start_us: int
    end_us: int
    bytes: int
    etag: str
    name: str = ""


@dataclass(frozen=True)
class Seer:
    """Somebody, and what he may see."""

    grant: str
    audio: bool
    """Whether sound may be heard of all of them; else it is left out."""
    since_us: int
    """From when on recordings exist for him (UTC)."""
    channels: Mapping[str, int]
    """Numbers of channels by the names of their folders."""
    until_s: float


@dataclass
class _Listing:
    until_s: float
    found: Any = field(default_factory=list[Any])


class Recordings:
    """The tree, for whoever may see it. Belongs to the event loop."""

    def __init__(self, instance: Instance, proxy: Proxy, clock: Clock) -> None:
        self._socket = instance.socket("reader")
        self._proxy = proxy
        self._verifier = Verifier(instance, clock)
        self._secret = secrets.token_bytes(32)
        self._seers: OrderedDict[bytes, Seer] = OrderedDict()
        self._listings: OrderedDict[tuple[object, ...], _Listing] = OrderedDict()
        self._logging_in: dict[bytes, asyncio.Lock] = {}

    async def by_password(self, user: str, password: str, source: str) -> Seer:
        """Let in by user and password, which control checks and counts as every login; raises `NotLetIn`."""
        # Passwords are not kept: a keyed hash of this run says that the same was typed again.
        place = hmac.digest(self._secret, f"{source}\0{user}\0{password}".encode("utf-8", "surrogatepass"), "sha256")
        # A player opens several connections at once: one of them logs in.
        lock = self._logging_in.setdefault(place, asyncio.Lock())
        try:
            async with lock:
                known = self._known(place)
                if known is not None:
                    return known
                if password.startswith(KEY):
                    return await self._by_key(place, user, password, source)
                asked = {"user": user[:64], "password": password[:1024]}
                status, told = await self._proxy.ask("POST", "/api/v1/sessions", {"x-forwarded-for": source}, asked)
                if status != 200 or not isinstance(told, dict):
                    raise _refusal(status, told)
                return await self._look(place, {"authorization": f"Bearer {told.get('token', '')}"}, source)
        finally:
            if not lock.locked():
                self._logging_in.pop(place, None)

    async def _by_key(self, place: bytes, user: str, key: str, source: str) -> Seer:
        """Let a program in by its key in place of a password, as who has a second factor must."""
        if not key.isascii() or not key.isprintable():
            raise _refusal(401, None)
        headers = {"authorization": f"Bearer {key[:256]}", "x-forwarded-for": source}
        status, told = await self._proxy.ask("GET", "/api/v1/sessions/current", headers)
        if status != 200 or not isinstance(told, dict) or told.get("user") != user.strip().lower():
            raise _refusal(401, told if status != 200 else None)
        return await self._look(place, headers, source)

    async def by_cookie(self, cookie: str, source: str) -> Seer:
        """Let in by the session of a browser; raises `NotLetIn`."""
        place = hmac.digest(self._secret, f"{source}\0{cookie}".encode("utf-8", "surrogatepass"), "sha256")
        known = self._known(place)
        return known or await self._look(place, {"cookie": cookie, "x-nightjar": "1"}, source)

    def _known(self, place: bytes) -> Seer | None:
        known = self._seers.get(place)
        if known is not None and known.until_s > time.monotonic() and self._counts(known):
            self._seers.move_to_end(place)
            return known
        self._seers.pop(place, None)
        return None

    def _counts(self, seer: Seer) -> bool:
        """Whether what was granted still is: nobody may less since."""
        try:
            self._verifier.verify(seer.grant)
        except BadGrant:
            return False
        return True

    async def _look(self, place: bytes, headers: Mapping[str, str], source: str) -> Seer:
        """Ask what somebody may see."""
        headers = {**headers, "x-forwarded-for": source}
        status, channels = await self._proxy.ask("GET", "/api/v1/channels", headers)
        if status != 200 or not isinstance(channels, list):
            raise _refusal(status, channels)
        shown = [one for one in channels if "playback" in one["may"]]
        names = _folders({int(one["number"]): str(one["name"]) for one in shown})
        audio = all("audio" in one["may"] for one in shown)
        grant, since_us = "", 0
        if names:
            wanted = {"channels": list(names.values()), "streams": ["main"], "audio": audio, "live": False, "start": 0}
            status, told = await self._proxy.ask("POST", "/api/v1/grants", headers, wanted)
            if status != 201 or not isinstance(told, dict):
                raise _refusal(status, told)
            grant = str(told.get("token", ""))
            since_us = self._verifier.verify(grant).start_us or 0
        seer = Seer(grant, audio, since_us, names, time.monotonic() + SEEN_S)
        # Without a grant nothing would tell that he may more by now.
        if grant:
            _remember(self._seers, place, seer)
        return seer

    async def days(self, seer: Seer, channel: str) -> list[str]:
        """Give the days of a channel that have files; raises `NotFound`."""
        number = _number(seer, channel)

        async def ask() -> Any:
            question = {"op": "file_days", "id": 1, "channel": number, "start_us": seer.since_us, "grant": seer.grant}
            answer = await self._ask(question, "file_days")
            return msgspec.convert(answer.get("days"), list[str])

        return await self._listed(("days", number, seer.since_us), ask)

    async def files(self, seer: Seer, channel: str, day: str) -> list[File]:
        """Give the files of a local day; raises `NotFound`."""
        number = _number(seer, channel)
        begin, end = _day(day)
        begin = max(begin, seer.since_us)
        if begin >= end:
            return []

        async def ask() -> Any:
            question = {"op": "files", "id": 1, "channel": number, "start_us": begin, "end_us": end}
            answer = await self._ask({**question, "grant": seer.grant}, "files")
            return _named(msgspec.convert(answer.get("files"), list[File])[:MOST_FILES])

        return await self._listed(("files", number, day, seer.since_us), ask)

    async def file(self, seer: Seer, channel: str, day: str, name: str) -> File:
        """Give one file by its name; raises `NotFound`."""
        found = next((one for one in await self.files(seer, channel, day) if one.name == name), None)
        if found is None:
            raise NotFound(what=_("such a file"))
        return found

    async def read(self, seer: Seer, channel: str, file: File, offset: int, size: int) -> AsyncGenerator[bytes]:
        """Give bytes of a file; raises `Unavailable` and `Told`."""
        asked = {
            "op": "file",
            "id": 1,
            "channel": _number(seer, channel),
            "file": {"start_us": file.start_us, "end_us": file.end_us, "bytes": file.bytes, "etag": file.etag},
            "offset": offset,
            "bytes": size,
            "audio": seer.audio,
            "grant": seer.grant,
        }
        reader, writer = await self._connect()
        try:
            writer.write(wire.encode(asked) + wire.encode(Credit(1, WINDOW_BYTES)))
            while True:
                async with asyncio.timeout(ANSWER_S):
                    kind, payload = await wire.read_frame(reader)
                if kind == wire.SAMPLE:
                    data = unpack_sample(payload).sample.data
                    writer.write(wire.encode(Credit(1, len(data))))
                    yield bytes(data)
                    continue
                message = wire.decode(payload)
                if message["op"] == "ended":
                    return
                if message["op"] == "failed":
                    raise Told(words=str(message.get("words", "")))
        except (OSError, asyncio.IncompleteReadError, TimeoutError, wire.BadFrame) as error:
            raise Unavailable(process="reader") from error
        finally:
            writer.close()

    async def _listed(self, place: tuple[object, ...], ask: Any) -> Any:
        known = self._listings.get(place)
        if known is None or known.until_s <= time.monotonic():
            known = _Listing(time.monotonic() + FRESH_S, await ask())
            _remember(self._listings, place, known)
        return known.found

    async def _ask(self, question: Mapping[str, Any], wanted: str) -> dict[str, Any]:
        reader, writer = await self._connect()
        try:
            writer.write(wire.encode(question))
            async with asyncio.timeout(ANSWER_S):
                while True:
                    kind, payload = await wire.read_frame(reader)
                    if kind != wire.MESSAGE:
                        continue
                    message = wire.decode(payload)
                    if message["op"] == wanted:
                        return message
                    if message["op"] == "failed":
                        raise Told(words=str(message.get("words", "")))
        except (OSError, asyncio.IncompleteReadError, TimeoutError, wire.BadFrame) as error:
            raise Unavailable(process="reader") from error
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            return await asyncio.open_unix_connection(str(self._socket), limit=1 << 20)
        except OSError as error:
            raise Unavailable(process="reader") from error


def _remember(into: "OrderedDict[Any, Any]", place: Any, value: Any) -> None:
    into[place] = value
    into.move_to_end(place)
    if len(into) > MOST_SEEN:
        into.popitem(last=False)


def _refusal(status: int, told: Any) -> NightjarError:
    words = str(told.get("words", "")) if isinstance(told, dict) else ""
    words = words or _("Log in with your user and password.")
    # Locked out, or too many at once: control says so, and for how long in words.
    answered = status if status in {401, 403, 423, 429, 503} else 502
    return NotLetIn(words=words, answered=answered)


def _folders(channels: Mapping[int, str]) -> dict[str, int]:
    """Give each channel a folder of its own, named after it."""
    found: dict[str, int] = {}
    for number, name in sorted(channels.items()):
        folder = safe(name) if name else f"channel_{number}"
        if folder in found:
            folder = f"{folder} ({number})"
        found[folder] = number
    return found


def _number(seer: Seer, channel: str) -> int:
    try:
        return seer.channels[channel]
    except KeyError:
        raise NotFound(what=_("such a channel")) from None


def _day(day: str) -> tuple[int, int]:
    """Give [begin, end) of a local day (UTC, µs); raises `NotFound`."""
    try:
        found = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a day of the local calendar
        return _midnight(found), _midnight(found + timedelta(days=1))
    except (ValueError, OverflowError, OSError):
        raise NotFound(what=_("such a day")) from None


def _midnight(day: date) -> int:
    return round(datetime(day.year, day.month, day.day).astimezone().timestamp()) * SECOND_US


def _named(files: list[File]) -> list[File]:
    """Name files by the local time at which they begin; the same time comes twice when clocks are set back."""
    taken: set[str] = set()
    found: list[File] = []
    for one in files:
        local = datetime.fromtimestamp(one.start_us / SECOND_US).astimezone()
        stem = f"{local:%H-%M-%S}"
        name, nth = f"{stem}.mp4", 2
        while name in taken:
            name, nth = f"{stem}_{nth}.mp4", nth + 1
        taken.add(name)
        found.append(replace(one, name=name))
    return found
