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


class _Adopt(msgspec.Struct):
    place: str
    typed: str


class _Rebuild(msgspec.Struct):
    disk: str = ""


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
                self._require_trust(_("watch the recorder"))
                self._watch()
            case "hello":
                self._require_control(_("speak for control"))
                self._media.heard()
                reply = {"op": "hello", "plan_revision": self._media.plan.revision, "boot": self._media.boot}
                self._connection.send(reply)
            case "plan":
                self._require_control(_("change the plan"))
                plan = plans.convert(message.get("plan"))
                self._media.take_plan(plan)
                self._connection.send({"op": "planned", "revision": plan.revision})
            case "mark":
                self._require_control(_("mark recordings"))
                self._mark(read(message, _MarkRequest))
            case "hold" | "hold_expire" | "hold_release" | "tag" | "tag_rename" | "tag_remove":
                self._require_control(_("lock and tag recordings"))
                self._keeping.received(message)
            case "adopt":
                self._require_control(_("adopt a disk"))
                adopt = read(message, _Adopt)
                self._media.store.disks.adopt(adopt.place, adopt.typed)
                self._connection.send({"op": "adopted"})
            case "forget_disk":
                self._require_control(_("forget a disk"))
                self._media.store.disks.forget(read(message, _Rebuild).disk)
                self._connection.send({"op": "disk_forgotten"})
            case "rebuild":
                self._require_control(_("rebuild a disk"))
                self._media.store.disks.rebuild(read(message, _Rebuild).disk)
                self._connection.send({"op": "rebuilding"})
            case "rebuild_state":
                self._require_control(_("rebuild a disk"))
                state = self._media.store.disks.rebuild_state(read(message, _Rebuild).disk)
                self._connection.send({"op": "rebuild_state", **state._asdict()})
            case "picture":
                self._require_control(_("bring pictures"))
                picture = read(message, PictureRequest)
                self._media.pictures.take(picture)
                self._connection.send({"op": "pictured", "id": picture.id})
            case "motion":
                self._require_detect(_("bring motion"))
                motion = read(message, MotionRequest)
                self._media.motion.take(motion)
                self._connection.send({"op": "motion", "id": motion.id})
            case "motion_growing":
                self._require_detect(_("ask for motion"))
                growing = read(message, _Growing)
                start_us, record = self._media.motion.growing(growing.channel) or (0, b"")
                told = {"op": "motion_growing", "id": growing.id, "start_us": start_us, "record": record}
                self._connection.send(told)
            case "try":
                self._require_trust(_("hurry a camera"))
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

    def _require_trust(self, what: str) -> None:
        if not self._connection.peer.trusted:
            raise Refused(what=what)

    def _require_control(self, what: str) -> None:
        if not self._connection.peer.steers:
            raise Refused(what=what)

    def _require_detect(self, what: str) -> None:
        if not self._connection.peer.brings_motion:
            raise Refused(what=what)

    def _subscribe(self, asked: Subscribe) -> None:
        if asked.from_us is not None or asked.mode.backwards:
            raise Invalid(problem=_("media has live pictures only; recorded time is at the reader"))
        if not 0 <= asked.id < 1 << 32 or len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            raise Invalid(problem=_("a subscription number out of range, or too many subscriptions"))
        if asked.grant:
            self._media.verifier.verify(asked.grant).check_live(asked.channel, asked.stream, audio=asked.audio)
        else:
            self._require_trust(_("see live pictures without a grant"))
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
