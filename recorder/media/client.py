"""One client of `media.sock`: what it may ask, and what it is answered."""

import asyncio
from typing import Any

import msgspec

from recorder.client.errors import Invalid, Refused
from recorder.client.recording import RecordType
from recorder.client.status import MediaStatus
from recorder.client.stream import StreamKey
from recorder.client.tap import Ended, Opened, Subscribe
from recorder.client.words import _
from recorder.media import plan as plans
from recorder.media.disk_requests import DiskRequests
from recorder.media.feed import Feed
from recorder.media.keeping import Keeping
from recorder.media.live import BACKLOG_BYTES, LiveSubscription
from recorder.media.marks import Mark
from recorder.media.motion import MotionRequest
from recorder.media.pictures import PictureRequest
from recorder.media.service import Media, NotDurable
from recorder.sockets.connection import Connection
from recorder.sockets.request import read

MOST_SUBSCRIPTIONS = 1024
LONGEST_ID = 200


class _MarkRequest(msgspec.Struct):
    id: str
    streams: tuple[StreamKey, ...]
    event_us: int
    pre_s: int
    until_us: int | None
    type: RecordType


class _Growing(msgspec.Struct):
    id: int
    channel: int


class MediaClient:
    """The session of one connection (`recorder.sockets.connection.Session`)."""

    def __init__(self, connection: Connection, media: Media) -> None:
        self._connection = connection
        self._media = media
        self._subscriptions: dict[int, LiveSubscription] = {}
        self._watching = False
        self._keeping = Keeping(media.store.shared, connection.send)
        self._disks = DiskRequests(media.store.disks, connection.send)
        media.removed.append(self._removed)

    def received(self, message: dict[str, Any]) -> None:
        """Do what a message asks."""
        match message["op"]:
            case "subscribe":
                self._subscribe(read(message, Subscribe))
            case "unsubscribe":
                self._unsubscribe(message.get("id"))
            case "credit":
                pass  # Live samples flow without credit.
            case "watch":
                self._connection.peer.require_trust(_("watch the recorder"))
                self._watch()
            case "hello":
                self._connection.peer.require_steering(_("speak for control"))
                self._hello()
            case "plan":
                self._connection.peer.require_steering(_("change the plan"))
                self._plan(message.get("plan"))
            case "mark":
                self._connection.peer.require_steering(_("mark recordings"))
                self._mark(read(message, _MarkRequest))
            case "hold" | "hold_expire" | "hold_release" | "tag" | "tag_rename" | "tag_remove":
                self._connection.peer.require_steering(_("lock and tag recordings"))
                self._keeping.received(message)
            case "adopt" | "forget_disk" | "rebuild" | "rebuild_state":
                self._connection.peer.require_steering(_("adopt, forget and rebuild disks"))
                self._disks.received(message)
            case "picture":
                self._connection.peer.require_steering(_("bring pictures"))
                self._picture(read(message, PictureRequest))
            case "motion":
                self._require_detect(_("bring motion"))
                self._motion(read(message, MotionRequest))
            case "motion_growing":
                self._require_detect(_("ask for motion"))
                self._grows(read(message, _Growing))
            case "try":
                self._connection.peer.require_trust(_("hurry a camera"))
                if isinstance(channel := message.get("channel"), int):
                    self._media.roster.try_now(channel)
            case op:
                raise Invalid(problem=_("media does not know the message {op}").format(op=op))

    def drained(self) -> None:
        """Let subscriptions know that nothing waits any more."""
        for subscription in self._subscriptions.values():
            subscription.drained()

    def closed(self) -> None:
        """Forget the client."""
        for subscription in self._subscriptions.values():
            subscription.stop()
        self._subscriptions.clear()
        self._media.removed.remove(self._removed)
        if self._watching:
            self._media.listeners.remove(self._status)
            self._media.mark_listeners.remove(self._marked)

    def _require_detect(self, what: str) -> None:
        if not self._connection.peer.brings_motion:
            raise Refused(what=what)

    def _hello(self) -> None:
        self._media.heard()
        reply = {"op": "hello", "plan_revision": self._media.plan.revision, "boot": self._media.boot}
        self._connection.send(reply)

    def _plan(self, told: Any) -> None:
        plan = plans.convert(told)
        self._media.take_plan(plan)
        self._connection.send({"op": "planned", "revision": plan.revision})

    def _picture(self, asked: PictureRequest) -> None:
        self._media.pictures.take(asked)
        self._connection.send({"op": "pictured", "id": asked.id})

    def _motion(self, asked: MotionRequest) -> None:
        self._media.motion.take(asked)
        self._connection.send({"op": "motion", "id": asked.id})

    def _grows(self, asked: _Growing) -> None:
        start_us, record = self._media.motion.growing(asked.channel) or (0, b"")
        self._connection.send({"op": "motion_growing", "id": asked.id, "start_us": start_us, "record": record})

    def _subscribe(self, asked: Subscribe) -> None:
        if asked.from_us is not None or asked.mode.backwards:
            raise Invalid(problem=_("media has live pictures only; recorded time is at the reader"))
        if not 0 <= asked.id < 1 << 32 or len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            raise Invalid(problem=_("a subscription number out of range, or too many subscriptions"))
        if asked.grant:
            self._media.verifier.verify(asked.grant).check_live(asked.channel, asked.stream, audio=asked.audio)
        else:
            self._connection.peer.require_trust(_("see live pictures without a grant"))
        feed = self._media.feed(asked.key)
        replaced = self._subscriptions.pop(asked.id, None)
        if replaced is not None:
            replaced.stop()
            self._connection.send(Ended(asked.id, "replaced"))
        subscription = self._subscriptions[asked.id] = LiveSubscription(asked, feed, self._connection, self._over)
        self._connection.send(Opened(asked.id))
        subscription.start()

    def _unsubscribe(self, number: object) -> None:
        subscription = self._subscriptions.pop(number, None) if isinstance(number, int) else None
        if subscription is not None:
            subscription.stop()

    def _over(self, subscription: LiveSubscription) -> None:
        # Told from within the feed's loop over its watchers: they change after it.
        asyncio.get_running_loop().call_soon(self._end, subscription, "end")

    def _end(self, subscription: LiveSubscription, reason: str) -> None:
        if self._subscriptions.get(subscription.asked.id) is subscription:
            del self._subscriptions[subscription.asked.id]
            subscription.stop()
            self._connection.send(Ended(subscription.asked.id, reason))

    def _removed(self, feed: Feed) -> None:
        for subscription in list(self._subscriptions.values()):
            if subscription.feed is feed:
                self._end(subscription, "removed")

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            self._media.listeners.append(self._status)
            self._media.mark_listeners.append(self._marked)
        self._status(self._media.status())

    def _status(self, status: MediaStatus) -> None:
        if self._connection.backlog <= BACKLOG_BYTES:
            self._connection.send(status)

    def _marked(self, mark: Mark) -> None:
        channels = sorted({one.channel for one in mark.streams})
        self._connection.send({"op": "event", "mark": mark.id, "channels": channels, "event_us": mark.event_us})

    def _mark(self, asked: _MarkRequest) -> None:
        if not 1 <= len(asked.id) <= LONGEST_ID or not 0 <= asked.pre_s <= plans.LONGEST_PRE_S:
            raise Invalid(problem=_("a mark's id or its pre-record time is out of range"))
        if asked.until_us is not None and asked.until_us < asked.event_us:
            raise Invalid(problem=_("a mark ends before it begins"))
        mark = Mark(asked.id, asked.streams, asked.event_us, asked.pre_s, asked.until_us, asked.type)

        def done(durable: bool) -> None:  # noqa: FBT001
            if durable:
                self._connection.send({"op": "marked", "id": asked.id})
            else:
                error = NotDurable()
                failed = {"op": "failed", "id": asked.id, "code": error.code, "words": str(error)}
                self._connection.send(failed)

        self._media.take_mark(mark, done)
