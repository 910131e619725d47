"""One connection while it plays: tracks, reports both ways, signs of life, and the watch over what arrives."""

import asyncio
import secrets
from functools import partial

from recorder.client.clock import SECOND_US, Clock
from recorder.rtsp import rtcp
from recorder.rtsp.datagrams import PortPair
from recorder.rtsp.delivery import Delivery, Sink
from recorder.rtsp.errors import Closed, Faulty, Malformed, RtspError, Stalled
from recorder.rtsp.handshake import Dialogue
from recorder.rtsp.intake import Intake
from recorder.rtsp.message import Interleaved
from recorder.rtsp.multicast import Group
from recorder.rtsp.offer import VIDEO_TRACK, Offer
from recorder.rtsp.payload.choice import open_other, open_video
from recorder.rtsp.reception import Reception

TICK_S = 1.0
REPORT_EVERY_US = 5 * SECOND_US
"""RFC 3550 §6.2: the interval of reports in a session of two."""
LONGEST_KEEP_ALIVE_S = 30
LONGEST_GOP_US = 60 * SECOND_US
"""So long a key frame is waited for while pictures arrive: smart codecs have them rarely, and few cameras send one at
PLAY. Whoever connects anew after 5 s misses it again and again."""
GOODBYE_US = SECOND_US
"""A source that says goodbye and sends on has only changed its number."""


class Playing:
    """What belongs to one connection, from its handshake to its end."""

    def __init__(self, dialogue: Dialogue, sink: Sink, clock: Clock, intake: Intake, epoch_number: int) -> None:
        self.dialogue = dialogue
        self.receptions: dict[int, Reception] = {}
        """By track."""
        self.transport = ""
        self.foreign = 0
        """Packets on channels that are nobody's."""
        self._sink = sink
        self._clock = clock
        self._intake = intake
        self._epoch_number = epoch_number
        self._delivery: Delivery | None = None
        self._pairs: dict[int, PortPair] = {}
        self._channels: dict[int, int] = {}
        """Tracks by the channel of their reports."""
        self._malformed = 0
        self._ssrc = secrets.randbits(32)
        self._name = secrets.token_hex(8)
        self._goodbye: tuple[int, int] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._torn_down = False
        self._watching: asyncio.TimerHandle | None = None
        self._seen = self._seen_us = 0
        """How many samples there were when there was a new one last, and when that was."""
        self._packets = self._packets_us = 0
        """Likewise for the packets of the video."""
        self.lacks = ""
        """What is missing for a picture to begin with while packets arrive, once that has lasted for a while."""
        self._kept_us = self._reported_us = 0
        dialogue.connection.listen(self._interleaved)

    @property
    def epoch_number(self) -> int:
        """The newest epoch's."""
        return self._delivery.epoch_number if self._delivery else self._epoch_number

    @property
    def bytes(self) -> int:
        """What was received."""
        return self.dialogue.connection.bytes + sum(one.bytes for one in self._pairs.values())

    @property
    def damaged(self) -> int:
        """Units delivered with damage or dropped."""
        dropped = sum(one.dropped for one in self.receptions.values())
        return dropped + (self._delivery.damaged + self._delivery.dropped if self._delivery else 0)

    @property
    def discontinuities(self) -> int:
        """Jumps of the camera's clock, and senders that began anew."""
        return self._delivery.discontinuities if self._delivery else 0

    @property
    def malformed(self) -> int:
        """What could not be parsed."""
        delivered = self._delivery.malformed if self._delivery else 0
        received = sum(one.malformed for one in self.receptions.values())
        return self._malformed + self.dialogue.connection.malformed + delivered + received

    def prepare(self, offers: list[Offer]) -> None:
        """Make ready to receive these tracks, the video first."""
        video, *others = offers
        delivery = self._delivery = Delivery(self._sink, video, others, self._epoch_number)
        seen = Reception(video.payload_type, video.clock_hz, delivery.video, video=True)
        sets, depacketiser = open_video(video, seen.emit)
        delivery.count_by(sets)
        self.dialogue.connection.after_reads(delivery.hand_over)
        seen.attach(depacketiser)
        self.receptions[VIDEO_TRACK] = seen
        for offer in others:
            one = Reception(offer.payload_type, offer.clock_hz, delivery.other(offer.track), video=False)
            one.attach(open_other(offer, one.emit))
            self.receptions[offer.track] = one
            delivery.tie(offer.track, one.timeline)

    def without(self, track: int) -> None:
        """The camera did not set this track up."""
        self.receptions.pop(track, None)
        if self._delivery:
            self._delivery.without(track)
        if pair := self._pairs.pop(track, None):
            pair.close()

    def take_channel(self, offer: Offer, channel: int) -> None:
        """Receive a track on an interleaved channel, its reports on the next; raises `Faulty` where it is taken."""
        connection = self.dialogue.connection
        if channel in connection.receptions:
            raise Faulty(reason="two tracks on one channel")
        connection.receptions[channel] = self.receptions[offer.track]
        self._channels[channel + 1] = offer.track

    def bind(self, offer: Offer) -> PortPair:
        """Open the ports for a track; raises `Unreachable` where there are none."""
        connection = self.dialogue.connection
        family, camera = connection.peer
        pair = PortPair.bind(family, connection.local, camera, self._intake, self._clock)
        self._pairs[offer.track] = pair
        return pair

    def join(self, offer: Offer, group: Group) -> None:
        """Join the group of a track on the interface that the camera is reached by; raises `Unreachable`."""
        connection = self.dialogue.connection
        _family, camera = connection.peer
        self._pairs[offer.track] = PortPair.join(group, connection.local, camera, self._intake, self._clock)

    def take_datagrams(self, offer: Offer, server_port: int) -> None:
        """Receive a track on the ports that were bound for it."""
        reception = self.receptions[offer.track]
        reception.allow_reordering()
        assert self._delivery is not None
        reports = partial(self._reported, offer.track)
        self._pairs[offer.track].start(reception, reports, self._delivery.hand_over, server_port)

    def begin(self) -> None:
        """The camera plays."""
        self.dialogue.connection.batch()

    async def until_it_fails(self, stall_after_s: float) -> None:
        """Keep the session alive and watch; raises `Closed`, `Faulty` or `Stalled`."""
        connection = self.dialogue.connection
        self._seen_us = self._packets_us = self._kept_us = self._reported_us = self._clock.monotonic_us()
        self._report(self._reported_us)
        self._watch_later(stall_after_s)
        try:
            await asyncio.shield(connection.ended)
        finally:
            if self._watching is not None:
                self._watching.cancel()

    def _watch_later(self, stall_after_s: float) -> None:
        """Look at whole seconds, so that all connections look after themselves in one wake of the process."""
        loop = asyncio.get_running_loop()
        later_s = min(TICK_S - loop.time() % TICK_S, stall_after_s)
        self._watching = loop.call_later(later_s, self._watch, stall_after_s)

    def _watch(self, stall_after_s: float) -> None:
        """Look whether samples come, and say what is to be said now and then."""
        connection = self.dialogue.connection
        if connection.ended.done():
            return
        self._watch_later(stall_after_s)
        now_us = self._clock.monotonic_us()
        try:
            self._look_for_samples(now_us, stall_after_s)
            self._heed_goodbye(now_us)
        except (Closed, Stalled) as error:
            connection.fail(error)
            return
        if now_us - self._reported_us >= REPORT_EVERY_US:
            self._reported_us = now_us
            self._report(now_us)
        if now_us - self._kept_us >= self._keep_alive_us:
            self._kept_us = now_us
            self._keep_alive()

    def _look_for_samples(self, now_us: int, stall_after_s: float) -> None:
        delivery = self._delivery
        if delivery is None:
            return
        packets = self.receptions[VIDEO_TRACK].counts.packets
        if packets != self._packets:
            self._packets, self._packets_us = packets, now_us
        if delivery.samples != self._seen:
            self._seen, self._seen_us, self.lacks = delivery.samples, now_us, ""
        elif now_us - self._seen_us >= stall_after_s * SECOND_US:
            why = self._why_stalled(delivery)
            silent = now_us - self._packets_us >= stall_after_s * SECOND_US
            if delivery.started or silent or now_us - self._seen_us >= LONGEST_GOP_US:
                raise Stalled(reason=why)
            self.lacks = why

    async def tear_down(self) -> None:
        """End the session and wait for the answer."""
        if self.dialogue.session and not self._torn_down:
            self._torn_down = True
            self._stop_keeping()
            await self.dialogue.ask("TEARDOWN", self.dialogue.control)

    def close(self) -> None:
        """Hang up; where that is still possible, the session is ended too, without waiting."""
        self._stop_keeping()
        if self.dialogue.session and not self._torn_down:
            self._torn_down = True
            self.dialogue.tell("TEARDOWN", self.dialogue.control)
        self.dialogue.connection.close()
        for pair in self._pairs.values():
            pair.close()

    @property
    def _keep_alive_us(self) -> int:
        return max(1, min(LONGEST_KEEP_ALIVE_S, self.dialogue.timeout_s // 2)) * SECOND_US

    def _keep_alive(self) -> None:
        """Give a sign of life; one that is never answered harms nothing while packets arrive."""
        keeping = self._keeping
        if keeping is not None and not keeping.done():
            # Some drop what they do not know. Waiting on, we would never speak again, and lose the session for it.
            keeping.cancel()
            self.dialogue.keep_alive_otherwise()
        self._keeping = asyncio.get_running_loop().create_task(self._kept_alive())

    async def _kept_alive(self) -> None:
        try:
            await self.dialogue.keep_alive()
        except RtspError as error:
            self.dialogue.connection.fail(error)

    def _stop_keeping(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None

    def _why_stalled(self, delivery: Delivery) -> str:
        if not self.receptions[VIDEO_TRACK].counts.packets:
            foreign = self.receptions[VIDEO_TRACK].counts.foreign
            return "packets of another kind than announced" if foreign else "not one video packet arrived"
        if delivery.keys_without_sets:
            return "key frames arrive without usable parameter sets"
        if not delivery.started:
            return "packets arrive and no key frame among them"
        return "no more video arrives"

    def _heed_goodbye(self, now_us: int) -> None:
        """End when the video's source has left and nothing came since."""
        if self._goodbye is None:
            return
        said_us, packets = self._goodbye
        if self.receptions[VIDEO_TRACK].counts.packets != packets:
            self._goodbye = None
        elif now_us - said_us >= GOODBYE_US:
            raise Closed(reason="the camera said goodbye (RTCP BYE)")

    def _interleaved(self, channel: int, data: memoryview) -> None:
        track = self._channels.get(channel)
        if track is not None:
            self._reported(track, data)
        elif channel in self.dialogue.connection.receptions:
            self._malformed += 1
        else:
            self.foreign += 1

    def _reported(self, track: int, data: memoryview) -> None:
        """Take a compound packet about a track."""
        reception = self.receptions.get(track)
        if reception is None:
            return
        try:
            reports = rtcp.parse(data)
        except Malformed:
            self._malformed += 1
            return
        for one in reports:
            if isinstance(one, rtcp.SenderReport):
                reception.sender_reported(one)
                self._synchronise()
            elif isinstance(one, rtcp.Goodbye) and track == VIDEO_TRACK and reception.ssrc in one.ssrcs:
                self._goodbye = self._clock.monotonic_us(), reception.counts.packets

    def _synchronise(self) -> None:
        seen = self.receptions[VIDEO_TRACK]
        # A sender without any clock says zero (RFC 3550 §6.4.1): then two reports are of two moments, not of one.
        if self._delivery is None or seen.sender_report is None or not seen.sender_report.ntp:
            return
        shown = seen.sender_report.utc_us, seen.sender_report.rtp_timestamp
        for track, one in self.receptions.items():
            if track != VIDEO_TRACK and one.sender_report is not None and one.sender_report.ntp:
                told = one.sender_report.utc_us, one.sender_report.rtp_timestamp
                self._delivery.synchronise(track, seen.timeline, one.timeline, shown, told)

    def _report(self, now_us: int) -> None:
        """Send receiver reports for all tracks, the way their packets come."""
        source = rtcp.SourceDescription(self._ssrc, self._name)
        for track, reception in self.receptions.items():
            block = reception.report(now_us)
            data = rtcp.build(rtcp.ReceiverReport(self._ssrc, (block,) if block else ()), source)
            if pair := self._pairs.get(track):
                pair.send_reports(data)
            else:
                channel = next((number for number, of in self._channels.items() if of == track), None)
                if channel is not None:
                    self.dialogue.connection.send(bytes(Interleaved(channel, data)))
