"""Media as a whole: plan and marks in, streams and disks at work, its state told once a second."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError, NotFound
from recorder.client.grants import Verifier
from recorder.client.instance import Instance
from recorder.client.recording import GapReason
from recorder.client.status import MediaStatus
from recorder.client.stream import StreamKey
from recorder.client.words import _
from recorder.media import certificates
from recorder.media import plan as plans
from recorder.media.account import Accounts
from recorder.media.backoff import Pacer
from recorder.media.certificates import Certificates
from recorder.media.disks import Disks, policy
from recorder.media.due import FOREVER_US, continuous, longest_pre_us, on_events, with_keys_between
from recorder.media.duelog import DueLog
from recorder.media.feed import Feed
from recorder.media.marks import Mark, MarkBook
from recorder.media.motion import Motion
from recorder.media.pictures import Pictures
from recorder.media.plan import Plan
from recorder.media.roster import Roster
from recorder.media.session import Surroundings
from recorder.media.silence import Silence
from recorder.rtsp.intake import Intake
from recorder.sealing import Sealer
from recorder.store import StoreWriter, read_boot_id
from recorder.store.carried_key import take_back
from recorder.store.intervals import Interval, clipped
from recorder.store.key_ring import KeyRing

log = logging.getLogger(__name__)

TICK_S = 1.0
RECOVERED_US = 10 * SECOND_US
"""So long a disk may take to say what was before: then what is due is told without it."""
# Changes that come together are told together.
GATHER_S = 0.05


class NotDurable(NightjarError):
    """No disk could take a mark."""

    status = 503
    words = _("The event could not be written to a disk. Check the disks; it is tried again.")


class PlanNotSaved(NightjarError):
    """A plan is followed, and would be forgotten at a restart."""

    status = 507
    words = _("The recording plan could not be saved ({problem}). It holds until the next restart; free some space.")


class Media:
    """Everything that the media process does, without its socket."""

    def __init__(self, instance: Instance, clock: Clock) -> None:
        self.instance = instance
        self.clock = clock
        self.boot = uuid.uuid4().hex
        """Names this run of the process: control sees that its marks must be sent again."""
        self.verifier = Verifier(instance, clock)
        self.plan = Plan()
        self._followed = self.plan
        """The plan as it holds now: another where our clock is at a time that the plan does not speak of."""
        self._clock_shift_us = 0
        self.listeners: list[Callable[[MediaStatus], None]] = []
        self.mark_listeners: list[Callable[[Mark], None]] = []
        """Told of every mark that begins."""
        self.removed: list[Callable[[Feed], None]] = []
        self._disks = Disks(instance, clock)
        self.store = StoreWriter(
            self._disks.new(),
            instance.index,
            clock,
            read_boot_id(),
            policy(self.plan),
            signer=take_back(instance, clock),
            keys=KeyRing(instance, clock),
        )
        trusted = Certificates(instance.state / certificates.FILE)
        self.intake = Intake()
        around = Surroundings(clock, Accounts(), Pacer(), self.intake, trusted, self._changed)
        self.roster = Roster(self.store, Sealer(instance), around, self._stream_removed)
        self.pictures = Pictures(self.store, clock)
        self.motion = Motion(self.store, clock)
        self._marks = MarkBook(clock)
        self._silence = Silence(self.store, clock)
        self._unheld: dict[StreamKey, int] = {}
        """Streams whose GOPs do not fit into memory, and since when (UTC)."""
        self._due_log = DueLog(self.store)
        self._started_us = clock.monotonic_us()
        self._ticking: asyncio.Task[None] | None = None
        self._telling: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to record by the plan that was saved last."""
        try:
            plan = plans.load(self.instance.state / plans.PLAN_FILE)
        except NightjarError as error:
            log.error("%s", error)  # noqa: TRY400 - a sentence for the owner, no trace
            plan = Plan()
        self.store.set_policy(policy(plan))
        self._due_log.begin(plan)
        self.store.start()
        self._apply(plan, starting=True)
        self._ticking = asyncio.get_running_loop().create_task(self._tick())

    async def stop(self) -> None:
        """End all spans, make everything durable, hang up on the cameras."""
        if self._ticking is not None:
            self._ticking.cancel()
        if self._telling is not None:
            self._telling.cancel()
        self._silence.note(self._on_events(), final=True)
        for _key, recording in self.roster.recordings():
            recording.stop(GapReason.STOPPED)
        self.motion.finish()
        closing = asyncio.to_thread(self.store.close)
        await asyncio.gather(closing, self.roster.stop())

    def feed(self, key: StreamKey) -> Feed:
        """Give the feed of a stream; raises `NotFound`."""
        found = self.roster.feeds.get(key)
        if found is None:
            raise NotFound(what=_("stream {key} in the plan").format(key=key))
        return found

    def take_plan(self, plan: Plan) -> None:
        """Follow a new plan; it is on disk when this returns. Raises `RingTooLarge` and does not follow it then.

        Raises `PlanNotSaved` where it could not be written; it is followed all the same.
        """
        self.heard()
        self.roster.check(plan)
        self.store.set_policy(policy(plan))
        self._apply(plan, starting=False)
        try:
            plans.save(plan, self.instance.state / plans.PLAN_FILE)
        except OSError as error:
            raise PlanNotSaved(problem=error.strerror) from error

    def take_mark(self, mark: Mark, done: Callable[[bool], None]) -> None:
        """Record what a mark wants; `done` is called in the event loop when it is durable, or not."""
        self.heard()
        begins = not self._marks.knows(mark.id)
        if self._marks.put(mark):
            self._set_due()
        if begins:
            for listener in list(self.mark_listeners):
                listener(mark)
        loop = asyncio.get_running_loop()
        self._write_mark(self._marks.get(mark.id), lambda durable: _in_loop(loop, done, durable))

    def heard(self) -> None:
        """Control has spoken."""
        silent = self._on_events() if self._silence.since_us is not None else {}
        if silent:
            self._silence.note(silent, final=True)
        if self._silence.heard():
            log.info("control is back")
            self._set_due()

    def status(self) -> MediaStatus:
        """Say how everything is."""
        return MediaStatus(
            time_us=self.clock.now_us(),
            plan_revision=self.plan.revision,
            streams=self.roster.statuses(),
            disks=(*self.store.status(), *self._disks.beyond()),
            pools=self.store.pools(),
            footage=self.store.footage(),
            names={channel.number: channel.name for channel in self.plan.channels},
            control_silent_since_us=self._silence.since_us,
        )

    def _apply(self, plan: Plan, *, starting: bool) -> None:
        self._look_at_clock()
        self.plan = self._followed = plan
        self.roster.apply(plan, starting=starting)
        self._follow_plan()
        self._tell_due()
        self._set_due()
        self._changed()

    def _follow_plan(self) -> bool:
        """Record throughout while the plan does not speak of the time it is; says whether that has changed."""
        now = self.clock.now_us()
        before = self._followed
        if self.plan.is_dated_for(now):
            self._followed = self.plan
        elif before is self.plan or not before.channels:
            log.warning("the plan is not dated for the time it is; what it ever records is recorded throughout")
            self._followed = self.plan.throughout(now)
        return self._followed is not before

    def _look_at_clock(self) -> bool:
        """Follow a step of our clock; says whether what is due may be another."""
        self.store.look_at_clock()
        by_us = self.store.clock_shift_us - self._clock_shift_us
        if by_us:
            log.warning("the clock was set by %.1f s", by_us / SECOND_US)
            self._clock_shift_us = self.store.clock_shift_us
            self._marks.clock_was_set(by_us)
            self._silence.clock_was_set(by_us)
            self._due_log.clock_was_set(self.clock.now_us(), by_us, self.store.take_unwatched_since())
            self._followed = self.plan
        return self._follow_plan() or bool(by_us)

    def _tell_due(self) -> None:
        """Tell the disks what is due; at first only when it is known whether our clock was set while nobody ran."""
        if self.store.knows_the_past or self.clock.monotonic_us() - self._started_us > RECOVERED_US:
            self._due_log.tell(self._followed, self.clock.now_us())

    def _set_due(self) -> None:
        silent_us = self._silence.since_us
        for key, recording in self.roster.recordings():
            channel = self._followed.channel(key.channel)
            if channel is None:
                continue
            due: list[Interval] = continuous(channel, key.stream)
            due += self._marks.intervals(key)
            # Events that are not told, and streams that no memory holds from before an event, are recorded throughout.
            always_us = min(filter(None, (silent_us, self._unheld.get(key))), default=None)
            if always_us is not None:
                due += clipped(on_events(channel, key.stream), always_us, FOREVER_US)
            recording.set_due(due, with_keys_between(channel, key.stream), longest_pre_us(channel))

    def _look_at_rings(self) -> bool:
        """Find streams whose GOPs do not fit into memory: an event would find nothing. Says whether they are others."""
        short = {key for key, feed in self.roster.feeds.items() if feed.ring.too_short}
        for key in short - self._unheld.keys():
            log.warning("stream %s: its key frames are too far apart to be held; it is recorded throughout", key)
        now, before = self.clock.now_us(), self._unheld
        self._unheld = {key: before.get(key, now) for key in short}
        return self._unheld != before

    def _on_events(self) -> dict[StreamKey, list[Interval]]:
        return {
            StreamKey(channel.number, stream.stream): found
            for channel in self._followed.channels
            for stream in channel.streams
            if (found := on_events(channel, stream.stream))
        }

    def _write_mark(self, mark: Mark, done: Callable[[bool], None] | None) -> None:
        start_us, _end_us = mark.interval
        pre_us = mark.event_us - start_us
        self.store.mark(mark.id, mark.streams, mark.event_us, pre_us, mark.until_us, mark.type, done)

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            # At the moment at which connections look whether samples come: the process is woken once for both.
            await asyncio.sleep(TICK_S - loop.time() % TICK_S)
            try:
                self._second()
            except Exception:
                # Telling how things are must never end recording.
                log.exception("The look at everything failed")

    def _second(self) -> None:
        if self._look_at_clock() or self._look_at_rings():
            self._set_due()
        if self._silence.fell():
            log.warning("control is silent; channels that record on events record continuously")
            self._set_due()
        if self._silence.since_us is not None:
            self._silence.note(self._on_events())
            self._marks.renew_all()
        lapsed = self._marks.lapse()
        for mark in lapsed:
            self._write_mark(mark, None)
        if lapsed:
            self._set_due()
        self.motion.look()
        self._tell_due()
        for disk in self._disks.new():
            log.info("a disk was added: %s", disk.path.name)
            self.store.add_disk(disk)
            self._due_log.forget()
        if self.store.watch():
            log.info("a disk answers differently from before")
        self.roster.tick()
        self._tell()

    def _changed(self) -> None:
        if self._telling is None and self.listeners:
            self._telling = asyncio.get_running_loop().call_later(GATHER_S, self._tell)

    def _tell(self) -> None:
        self._telling = None
        if self.listeners:
            status = self.status()
            for listener in list(self.listeners):
                listener(status)

    def _stream_removed(self, feed: Feed) -> None:
        for listener in list(self.removed):
            listener(feed)


def _in_loop(loop: asyncio.AbstractEventLoop, done: Callable[[bool], None], durable: bool) -> None:  # noqa: FBT001
    # The loop may be closed when the last writes are confirmed.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(done, durable)
