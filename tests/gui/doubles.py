"""Stand-ins for what the local screen talks to: they keep the contracts, and let a test say what happens.

`FakeDecode` passes real shared memory in the layout of docs/design/processes.md, so that the code which reads pictures
is the real one.
"""

import fcntl
import mmap
import os
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pygame

from gui.toolkit.event import ARROWS, Key, Move, Press, Release, Wheel
from gui.toolkit.screen import Screen
from recorder.client.answers import (
    Channel,
    Day,
    ExportJob,
    Hold,
    HoldKind,
    JobState,
    MotionFound,
    Moved,
    Picture,
    Span,
    Tag,
)
from recorder.client.clock import ManualClock
from recorder.client.grid import WHOLE, from_text
from recorder.client.stream import StreamName
from recorder.client.surface import HEADER, HEADER_BYTES, MAGIC, NEWEST, NEWEST_AT, SEQUENCE, SEQUENCE_AT, Surface
from recorder.client.views import PictureFlag, PlayState, Position, View, ViewState

# 2026-11-21 13:30:00 UTC
MAY = ("live", "playback", "backup", "ptz", "audio")
NOW = 1_795_267_800_000_000


class FakeView:
    """Memory of one view, published into as decode does."""

    def __init__(self, view, width, height, slots=3):
        self.width, self.height, self.slots = width, height, slots
        self.stride = (width * 4 + 63) // 64 * 64
        self.slot_bytes = -(-self.stride * height // 4096) * 4096
        descriptor = os.memfd_create("view", os.MFD_ALLOW_SEALING)
        os.ftruncate(descriptor, HEADER_BYTES + slots * self.slot_bytes)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
        self.memory = mmap.mmap(descriptor, HEADER_BYTES + slots * self.slot_bytes)
        HEADER.pack_into(self.memory, 0, MAGIC, slots, width, height, self.stride, self.slot_bytes)
        self.surface = Surface(descriptor, view, width, height, self.stride, slots, self.slot_bytes)

    def publish(self, picture, at_us=NOW, flags=PictureFlag.NONE):
        """Publish a colour or a pygame surface."""
        sequence = self.surface.sequence
        slot = sequence % self.slots
        begin = HEADER_BYTES + slot * self.slot_bytes
        target = pygame.image.frombuffer(
            memoryview(self.memory)[begin : begin + self.stride * self.height],
            (self.width, self.height),
            "BGRA",
            self.stride,
        )
        target.set_alpha(None)
        if isinstance(picture, pygame.Surface):
            target.blit(pygame.transform.smoothscale(picture, (self.width, self.height)), (0, 0))
        else:
            target.fill(picture)
        NEWEST.pack_into(self.memory, NEWEST_AT, slot, int(flags), at_us)
        SEQUENCE.pack_into(self.memory, SEQUENCE_AT, sequence + 1)


@dataclass
class FakeSession:
    views: list = field(default_factory=list)
    orders: list = field(default_factory=list)


class FakeDecode:
    """As `DecodeClient`: a re-sized view keeps its old memory until the new has a picture."""

    def __init__(self):
        self.connected = True
        self.asked = {}
        self.parts = {}
        self.calls = []
        self.sessions = {}
        self.positions = {}
        self.skips = {}
        self.states = {}
        self._memory = {}
        self._coming = {}
        self.stills = []

    def view(self, view, channel, stream, width, height, grant="", *, part=None):
        known, self.parts[view] = self.asked.get(view), part
        self.asked[view] = (channel, stream, width, height)
        self.calls.append(("view", view, channel, stream, width, height))
        if self.asked[view] != known:
            self._coming[view] = FakeView(view, width, height)

    def close_view(self, view):
        self.calls.append(("close", view))
        for one in (self.asked, self._memory, self._coming, self.states):
            one.pop(view, None)

    def surface(self, view):
        memory = self._memory.get(view)
        return memory.surface if memory is not None else None

    def state(self, view):
        return self.states.get(view)

    def position(self, session):
        return self.positions.get(session)

    def skipped(self, session):
        return self.skips.pop(session, 0)

    def play_open(self, session, views, at_us, grant=""):
        known = self.sessions.setdefault(session, FakeSession())
        for one in known.views:
            if one.id not in {view.id for view in views}:
                self.close_view(one.id)
        known.views = list(views)
        known.orders.append(("open", at_us))
        for one in views:
            self.parts[one.id] = one.part
            if self.asked.get(one.id) != (one.channel, one.stream, one.width, one.height):
                self.view(one.id, one.channel, one.stream, one.width, one.height, part=one.part)

    def play_seek(self, session, at_us):
        self.sessions[session].orders.append(("seek", at_us))

    def play_speed(self, session, speed):
        self.sessions[session].orders.append(("speed", speed))

    def play_step(self, session, frames):
        self.sessions[session].orders.append(("step", frames))

    def play_close(self, session):
        for one in self.sessions.pop(session).views:
            self.close_view(one.id)

    def still(self, channel, stream, at_us=None, width=0, grant=""):
        future = Future()
        self.stills.append((channel, at_us, future))
        return future

    # What a test says.

    def picture(self, view, picture=(60, 90, 120), at_us=NOW, flags=PictureFlag.NONE):
        """Decode has a picture for a view."""
        coming = self._coming.pop(view, None)
        if coming is not None:
            self._memory[view] = coming
        memory = self._memory[view]
        memory.publish(picture, at_us, flags)
        _channel, _stream, width, height = self.asked[view]
        self.states[view] = ViewState(view, View.SHOWING, codec="h264", width=width, height=height)

    def pictures(self, picture=(60, 90, 120), at_us=NOW):
        """Decode has a picture for every view."""
        for view in list(self.asked):
            self.picture(view, picture, at_us)

    def of_channel(self, channel):
        """The view that shows a channel."""
        return next((view for view, asked in self.asked.items() if asked[0] == channel), None)

    def at(self, session, at_us, state=PlayState.PLAYING, speed=1.0):
        """Playback is somewhere."""
        self.positions[session] = Position(session, at_us, speed, state)


@dataclass
class FakeFeed:
    latest: object = None
    lost_since_us: int | None = None


@dataclass
class FakeDoors:
    """Keeps what was opened."""

    zone: object = UTC
    ports: dict = field(default_factory=dict)
    domes: tuple = ()
    wall_mains: tuple = ()
    hidden: frozenset = frozenset()
    buttons: tuple = ()
    control_lost_since_us: int | None = None
    unrecorded_since_us: int | None = None
    simulation: bool = True
    network: str = "Network: 192.168.1.20"
    opened: list = field(default_factory=list)
    folder: object = None
    sticks: tuple = ()
    exports: Path = Path("/dev/null/exports")

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self.opened.append((name, *arguments))

    def choose_folder(self, start, chosen):
        self.opened.append(("choose_folder", start))
        if self.folder is not None:
            chosen(self.folder)


class Hand:
    """A screen with somebody in front of it: keys, clicks, time."""

    def __init__(self, size=(1280, 720), zone=UTC, worker=None):
        self.clock = ManualClock(NOW)
        self.screen = Screen(size, self.clock, worker)
        self.surface = pygame.Surface(size, depth=32)
        self.painted = []

    def settle(self):
        """One turn of the loop: what was posted, what is due, paint. Gives the rectangles that were drawn."""
        self.screen.advance()
        while self.screen._posted:
            self.screen.advance()
        self.painted = self.screen.paint_on(self.surface)
        return self.painted

    def wait(self, seconds, step=1 / 30):
        """Let time pass as the loop does."""
        rest = seconds
        while rest > 1e-9:
            self.clock.advance(min(step, rest))
            rest -= step
            self.settle()

    def key(self, name, *, shift=False):
        self.screen.handle(Key(name, name if len(name) == 1 else "", shift=shift))
        self.settle()

    def keys(self, *names):
        for name in names:
            assert name in ARROWS or name
            self.key(name)

    def move(self, at):
        self.screen.handle(Move(*at))
        self.settle()

    def click(self, at, times=1):
        self.screen.handle(Move(*at))
        for _again in range(times):
            self.screen.handle(Press(*at))
            self.screen.handle(Release(*at))
        self.settle()

    def right_click(self, at):
        from gui.toolkit.event import Button

        self.screen.handle(Move(*at))
        self.screen.handle(Press(*at, Button.RIGHT))
        self.screen.handle(Release(*at, Button.RIGHT))
        self.settle()

    def drag(self, start, end, steps=4):
        self.screen.handle(Move(*start))
        self.screen.handle(Press(*start))
        for step in range(1, steps + 1):
            self.screen.handle(
                Move(
                    start[0] + (end[0] - start[0]) * step // steps,
                    start[1] + (end[1] - start[1]) * step // steps,
                )
            )
        self.screen.handle(Release(*end))
        self.settle()

    def wheel(self, at, steps):
        self.screen.handle(Move(*at))
        self.screen.handle(Wheel(*at, steps))
        self.settle()

    @property
    def focus(self):
        return self.screen.focus.name if self.screen.focus is not None else None

    def find(self, name):
        found = next((page.find(name) for page in reversed(self.screen.navigator.shown()) if page.find(name)), None)
        assert found is not None, f"no widget {name}"
        return found

    def press(self, name):
        """Click the middle of a widget."""
        self.click(self.find(name).rect.center)

    def words(self):
        """All that can be read."""
        return "\n".join(widget.text for page in self.screen.navigator.shown() for widget in page.walk() if widget.text)

    def save(self, path):
        pygame.image.save(self.surface, str(path))


class FakeApi:
    """As `ApiClient`, over recordings that the test lists; `failing` is raised by every call while it is set."""

    def __init__(self, names=None):
        self.names = names or {}
        self.missing = {}
        self.recorded = {}
        self.recorded_sub = {}
        self.failing = None
        self.calls = []
        self.held = []
        self.tagged = []
        self.moved = {}
        self.analysed = {}
        self.taken = {}
        self.job = None

    def record(self, channel, start_us, end_us, kind="general", size=0, stream=StreamName.MAIN):
        recorded = self.recorded if stream is StreamName.MAIN else self.recorded_sub
        recorded.setdefault(channel, []).append(Span(start_us, end_us, kind, size))

    def _call(self, *call):
        self.calls.append(call)
        if self.failing is not None:
            raise self.failing

    def channels(self):
        self._call("channels")
        return [
            Channel(number, name, True, "rtsp://camera/", "", "", False, "auto", StreamName.SUB, "auto", 1, may=MAY)
            for number, name in self.names.items()
        ]

    def spans(self, channel, start_us, end_us, stream=StreamName.MAIN):
        self._call("spans", channel, start_us, end_us)
        recorded = self.recorded if stream is StreamName.MAIN else self.recorded_sub
        found = []
        for one in sorted(recorded.get(channel, []), key=lambda one: one.start_us):
            begin, end = max(one.start_us, start_us), min(one.end_us, end_us)
            if begin < end:
                share = one.bytes * (end - begin) // (one.end_us - one.start_us)
                found.append(replace(one, start_us=begin, end_us=end, bytes=share))
        return found

    def gaps(self, channel, start_us, end_us, stream=StreamName.MAIN):
        self._call("gaps", channel, start_us, end_us)
        return [one for one in self.missing.get(channel, []) if one.start_us < end_us and one.end_us > start_us]

    def days(self, channels, year, month):
        self._call("days", tuple(channels), year, month)
        found = {}
        for channel in channels:
            days = {datetime.fromtimestamp(one.start_us / 1e6, UTC) for one in self.recorded.get(channel, [])}
            found[channel] = sorted({day.day for day in days if (day.year, day.month) == (year, month)})
        return found

    def completeness(self, channels, first, count=1, *, stream=StreamName.MAIN, hours=False):
        self._call("completeness", tuple(channels), first, count)
        days = []
        for nth in range(count):
            start_us = (
                round(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp() + nth * 86_400) * 10**6
            )
            end_us = start_us + 86_400 * 10**6
            for channel in channels:
                missing = {}
                for one in self.missing.get(channel, []):
                    length = min(one.end_us, end_us) - max(one.start_us, start_us)
                    if length > 0:
                        missing[one.reason] = missing.get(one.reason, 0) + length
                day = str(first + timedelta(days=nth))
                due_us = sum(missing.values()) + 1
                days.append(Day(start_us, end_us, due_us, 1, 0, missing, channel, day))
        return days

    def motion(self, channel, start_us, end_us, region=""):
        self._call("motion", channel, start_us, end_us, region)

        def cut(parts):
            return tuple(
                Moved(max(begin, start_us), min(end, end_us))
                for begin, end in parts
                if begin < end_us and end > start_us
            )

        cells = from_text(region) if region else WHOLE
        moved = [span for span, there in self.moved.get(channel, []) if there & cells]
        return MotionFound(cut(moved), cut(self.analysed.get(channel, [])))

    def holds(self, channels=(), start_us=None, end_us=None, *, over=False):
        return [one for one in self.held if one.channel in channels and not one.released_us]

    def add_hold(self, channel, start_us, end_us, reason, *, stream=None, expires_us=None):
        self._call("add_hold", channel, start_us, end_us, reason, expires_us)
        number = f"{len(self.held):032x}"
        self.held.append(
            Hold(number, channel, stream, HoldKind.LOCK, start_us, end_us, expires_us, NOW, "admin", reason)
        )
        return self.held[-1]

    def release_hold(self, hold, reason):
        self._call("release_hold", hold, reason)
        self.held = [one for one in self.held if one.id != hold]

    def pictures(self, channel, start_us, end_us):
        return [one for one in self.taken.get(channel, []) if start_us <= one.at_us < end_us]

    def take_picture(self, channel, at_us=None, directory=None):
        self._call("take_picture", channel, at_us, directory)
        made = Picture(NOW if at_us is None else at_us, 1000, f"{directory}/{channel}.jpg")
        self.taken.setdefault(channel, []).append(made)
        return made

    def tags(self, channels=(), start_us=None, end_us=None, *, text=""):
        return [one for one in self.tagged if one.channel in channels]

    def add_tag(self, channel, start_us, words, end_us=None, *, stream=None):
        self._call("add_tag", channel, start_us, words)
        self.tagged.append(Tag(f"{len(self.tagged):032x}", channel, stream, start_us, start_us, NOW, "admin", words))
        return self.tagged[-1]

    def export(self, channels, start_us, end_us, *, stream=StreamName.MAIN, directory=None):
        self._call("export", tuple(channels), start_us, end_us, directory)
        self.job = ExportJob(
            "1",
            JobState.RUNNING,
            tuple(channels),
            stream,
            start_us,
            end_us,
            str(directory),
            0,
            end_us - start_us,
        )
        return self.job

    def export_job(self, job):
        self._call("export_job", job)
        return self.job

    def cancel_export(self, job):
        self._call("cancel_export", job)
        self.job = replace(self.job, state=JobState.CANCELLED)
