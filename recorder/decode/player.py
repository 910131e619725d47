"""One view of a playback session: a thread that obeys the session's orders and shows each picture when it is due."""

import asyncio
import logging
import threading
import time

from recorder.client.clock import Clock
from recorder.client.stream import StreamKey
from recorder.client.views import PictureFlag, View
from recorder.client.words import _
from recorder.decode.backward import Backward
from recorder.decode.conductor import Conductor
from recorder.decode.decoder import Undecodable
from recorder.decode.feed import Feed
from recorder.decode.footage import LIVE_EDGE_US, Footage
from recorder.decode.forward import Forward
from recorder.decode.order import Act, Order, Report
from recorder.decode.regime import MODES, regime
from recorder.decode.shot import HOLE_US, KEY_HOLE_US, Shot
from recorder.decode.view import ClientView

LONGEST_NAP_S = 0.05
"""While it plays, so that orders and injected clocks are noticed; standing, it sleeps until woken."""
SHOW_EVERY_S = 0.028
"""At more than real time, pictures that follow each other more quickly are not worth scaling."""
LATE_S = 0.1
BEHIND_S = 0.5
RELIEF_S = 2.0
"""So long a view says that pictures are left out."""
DRY_S = 0.3
"""Without footage for so long, a view is dry, and a session in which all are stands."""
AGAIN_S = 3.0
"""So often a view asks again for what it was refused, and at the live edge for what a camera that was away sends."""
FIRST_PICTURE_S = 0.06
"""A new seek lets the one before still show its key picture, if that comes so soon."""

log = logging.getLogger(__name__)


class Player:
    """Plays one stream into one view."""

    def __init__(
        self,
        session: Conductor,
        view: ClientView,
        key: StreamKey,
        feed: Feed,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.view, self.key = view, key
        self.wake = threading.Event()
        self.report = Report(0)
        self._session, self._feed, self._clock, self._loop = session, feed, clock, loop
        self._source: Forward | Backward | None = None
        self._regime = "on"
        self._shot: Shot | None = None  # the newest taken
        self._fresh = True  # it is shown
        self._shown_s = 0.0
        self._behind_until_s = 0.0
        self._dry_since_s: float | None = None
        self._opened_s = 0.0
        self._resumed_us: int | None = None  # what lies before it was shown already
        self._empty = False
        self._number = 0
        self._repaint = False
        self._coarse = False  # what is kept is not as large as it is shown
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"play-{key}", daemon=True)
        self._thread.start()

    @property
    def shown_us(self) -> int | None:
        """When the picture in the view was taken (UTC); None where it is black."""
        shot = self._shot
        return shot.at_us if shot is not None and not self._empty else None

    def repaint(self) -> bool:
        """Show the picture in the view as it is now; whether that takes one that is not kept so large."""
        shot = self._shot
        self._coarse = self.view.part is not None and shot is not None and not shot.serves(self.view)
        self._repaint = True
        self.wake.set()
        return self._coarse

    def close(self) -> None:
        """End; returns at once."""
        self._closed = True
        self.wake.set()

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join(timeout=2)

    # The thread.

    def _run(self) -> None:
        while not self._closed:
            order = self._session.order
            try:
                if order.number != self._number:
                    self._number = order.number
                    self._obey(order)
                elif self._session.running:
                    self._play(order)
                else:
                    self._settle()
                    self._sleep(1.0)
            except Undecodable as error:
                self.view.tell(View.UNDECODABLE, str(error), self._codec())
            except Exception:
                log.exception("playing %s failed", self.key)
                self._drop_source()
                self.view.tell(View.UNDECODABLE, _("It could not be played. The recorder's log says why."), "")
                self._sleep(0.5)
        self._drop_source()

    def _current(self, order: Order) -> bool:
        return order is self._session.order and not self._closed

    def _sleep(self, seconds: float) -> None:
        if self.wake.wait(seconds):
            self.wake.clear()
        if self._repaint:
            self._repaint = False
            self._show_again()

    def _obey(self, order: Order) -> None:
        if order.act is Act.SEEK:
            self._open(regime(order.speed), order.at_us)
            self._arrive(order, preview=True)
        elif order.act is Act.FOLLOW:
            wanted = self._wanted(order)
            if self._shot is None or self._regime != wanted or self._coarse or self._is_spent(order):
                self._open(wanted, order.at_us)
            self._arrive(order, preview=False)
        elif order.lead == self.view.number:
            self._step(order)

    def _is_spent(self, order: Order) -> bool:
        """Whether what there is will not do: it ended, and more may be recorded by now, or it lacks pictures."""
        source = self._source
        if source is None or (source.over and (order.speed or order.act is Act.STEP)):
            return True
        return isinstance(source, Backward) and source.thinned and not order.speed

    def _wanted(self, order: Order) -> str:
        """The way that a following order goes, without turning round where that is not needed."""
        if order.speed:
            return regime(order.speed)
        if self._shot is not None and order.at_us < self._shot.at_us:
            return "back"
        turns = self._goes_back and (self._shot is None or order.at_us > self._shot.at_us)
        return "on" if turns else self._regime

    def _open(self, regime: str, at_us: int) -> None:
        """A new source that begins at a time."""
        self._drop_source()
        self._regime, self._coarse = regime, False
        self._opened_s, self._resumed_us = time.monotonic(), None
        footage = Footage(self._feed, self._loop, self._clock, self.key, at_us, MODES[regime], self.wake)
        if self._goes_back:
            self._source = Backward(footage, at_us + 1, self.view, self._session.picture_bytes())
        else:
            self._source = Forward(footage)
        self._shot = None

    def _drop_source(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None

    @property
    def _goes_back(self) -> bool:
        return MODES[self._regime].backwards

    @property
    def _hole_us(self) -> int:
        return KEY_HOLE_US if self._regime in {"keys", "back_keys"} else HOLE_US

    def _codec(self) -> str:
        return self._source.codec if self._source is not None else ""

    def _next(self, order: Order, *, patient_s: float = 0.0) -> Shot | None:
        """The next shot, decoded if need be; None when there is none, or another order came (after `patient_s`)."""
        source = self._source
        assert source is not None
        since = time.monotonic()
        while not source.ready:
            if source.over or self._closed:
                return None
            if not self._current(order) and time.monotonic() - since >= patient_s:
                return None
            if not self._advance():
                if source.over or source.at_edge:
                    return None
                self._sleep(LONGEST_NAP_S)
        return source.ready[0]

    def _advance(self) -> bool:
        assert self._source is not None
        try:
            return self._source.advance()
        except Undecodable as error:
            self.view.tell(View.UNDECODABLE, str(error), self._codec())
            return True

    def _arrive(self, order: Order, *, preview: bool) -> None:
        """Go through what the source gives up to the picture of the order's time, show it, and report."""
        source = self._source
        assert source is not None
        taken, patient_s = self._shot, FIRST_PICTURE_S if preview else 0.0
        if self._goes_back:
            while (taken is None or taken.at_us > order.at_us) and self._next(order) is not None:
                taken = source.ready.popleft()
        else:
            while (shot := self._next(order, patient_s=patient_s)) is not None and shot.at_us <= order.at_us:
                taken = source.ready.popleft()
                if patient_s and taken.at_us < order.at_us:
                    self._shot = taken
                    self._publish(PictureFlag.PREVIEW)
                patient_s = 0.0
            if taken is None and source.over:
                taken = self._last_before(order)
        self._shot = taken
        if not self._current(order):
            return
        hole = bool(source.ready) and source.ready[0].hole
        void = taken is None
        if taken is not None and abs(order.at_us - taken.at_us) > self._hole_us:
            void = source.over or self._goes_back or hole
        if taken is None or void:
            self._show_empty(order.at_us)
        else:
            self._publish()
        # What is refused is waited for, where it plays.
        waits = bool(order.speed and source.refusal)
        self._tell_session(order, ready=True, void=void and not waits, hole=void or hole)

    def _last_before(self, order: Order) -> Shot | None:
        """The end of the footage, where nothing follows the time that was asked for."""
        ended, way, self._source = self._source, self._regime, None
        self._open("back", order.at_us)
        found = self._next(order)
        self._drop_source()
        # It goes on as it would have: what lies before is not what comes next.
        self._source, self._regime = ended, way
        return found

    def _tell_session(
        self, order: Order, *, ready: bool = True, void: bool = False, hole: bool = False, dry: bool = False
    ) -> None:
        source = self._source
        upcoming = source.ready[0].at_us if source is not None and source.ready else None
        # What is refused now may be given later: nothing ends with it.
        over = source is None or (upcoming is None and source.over and not source.refusal)
        shown = self._shot.at_us if self._shot is not None else None
        self._session.report(self, Report(order.number, ready, shown, upcoming, void, hole, over, dry))

    def _step(self, order: Order) -> None:
        """The lead of a step: take so many shots on or back, show the last, and say where that is."""
        wanted = "on" if order.frames > 0 else "back"
        begin = self._shot.at_us if self._shot is not None else order.at_us
        if self._regime != wanted or self._is_spent(order):
            kept = self._shot
            self._open(wanted, begin)
            self._shot = kept
        assert self._source is not None
        if isinstance(self._source, Backward):
            self._source.speed = 0.0
        left = abs(order.frames)
        while left and (shot := self._next(order)) is not None:
            self._source.ready.popleft()
            if shot.at_us > begin if wanted == "on" else shot.at_us < begin:
                self._shot = shot
                left -= 1
        if self._current(order):
            if self._shot is not None:
                self._publish()
            self._tell_session(order)

    def _play(self, order: Order) -> None:
        """Show shots as the session's clock comes to them."""
        clock, speed = self._session.clock, abs(order.speed)
        while self._current(order) and self._session.running:
            source = self._source
            if source is None:
                self._open(regime(order.speed), clock.position())
                continue
            if isinstance(source, Backward):
                source.speed = speed
            if not source.ready and not self._fill(order):
                continue
            shot = source.ready[0]
            if self._resumed_us is not None and shot.at_us < self._resumed_us and not self._goes_back:
                source.ready.popleft()
                continue
            wait_s = clock.wait_s(shot.at_us)
            if wait_s > 0:
                self._early(order, shot, wait_s)
                continue
            self._shot = source.ready.popleft()
            self._fresh = False
            if self._worth_showing(-wait_s, speed):
                self._publish()
            if -wait_s > BEHIND_S and isinstance(source, Forward):
                source.skip_to_key(clock.position())
                self._behind_until_s = time.monotonic() + RELIEF_S
        self._settle()

    def _fill(self, order: Order) -> bool:
        """Decode until a shot is ready; False when none is for now."""
        source = self._source
        assert source is not None
        progressed = self._advance()
        if source.ready:
            self._dry_since_s = None
            return True
        now_s = time.monotonic()
        if self._dry_since_s is None:
            self._dry_since_s = now_s
        if source.over or now_s - self._dry_since_s > DRY_S:
            self._settle()
            if source.over and source.refusal and not self._empty:
                # It does not end here: nobody can read on.
                self._show_empty(self._session.clock.position())
            self._tell_session(order, dry=not source.over or bool(source.refusal))
            # What is late is not missing: the picture before stays, and the session says that it waits.
            if source.over and self._session.running:
                self._note_hole(self._session.clock.position())
        if source.over and self._may_go_on(source) and now_s - self._opened_s > AGAIN_S:
            at_us = self._session.clock.position()
            self._open(self._regime, at_us)
            self._resumed_us = at_us
        elif not progressed:
            self._sleep(LONGEST_NAP_S if not source.over else 0.2)
        return False

    def _may_go_on(self, source: Forward | Backward) -> bool:
        """Whether more may come though a source is over: it was refused, or is of a camera that was away."""
        behind_us = self._clock.now_us() - self._session.clock.position()
        return bool(source.refusal) or (not self._goes_back and behind_us < LIVE_EDGE_US)

    def _early(self, order: Order, shot: Shot, wait_s: float) -> None:
        """The next shot is not due yet: use the time."""
        assert self._source is not None
        position_us = self._session.clock.position()
        if shot.hole or (self._empty and abs(shot.at_us - position_us) > self._hole_us):
            self._note_hole(position_us)
            self._tell_session(order, hole=True)
        elif self.report.hole or self.report.dry or self.report.over:
            self._tell_session(order)
        if not self._fresh and time.monotonic() - self._shown_s > SHOW_EVERY_S:
            self._publish()
        if wait_s > 0.004 and not self._source.full and self._advance():
            return
        self._sleep(min(wait_s, LONGEST_NAP_S))

    def _worth_showing(self, late_s: float, speed: float) -> bool:
        since_s = time.monotonic() - self._shown_s
        if late_s > LATE_S:
            return since_s > LATE_S
        return speed <= 1 or since_s > SHOW_EVERY_S

    def _note_hole(self, position_us: int) -> None:
        """Nothing at this time: show black once the last picture is too old for it."""
        if not self._empty and (self._shot is None or abs(position_us - self._shot.at_us) > self._hole_us):
            self._show_empty(position_us)

    def _settle(self) -> None:
        """Standing: the newest picture taken is the one shown."""
        if not self._fresh:
            self._publish()

    def _publish(self, flags: PictureFlag = PictureFlag.NONE) -> None:
        shot = self._shot
        assert shot is not None
        shot.show(self.view, flags)
        self._fresh, self._empty, self._shown_s = True, False, time.monotonic()
        width, height = shot.size
        behind = self._shown_s < self._behind_until_s
        self.view.tell(View.KEYS_ONLY if behind else View.SHOWING, "", self._codec(), width, height)

    def _show_empty(self, at_us: int) -> None:
        self._empty, self._fresh = True, True
        self.view.show_nothing(at_us)
        refusal = self._source.refusal if self._source is not None else ""
        self.view.tell(View.WAITING, refusal or _("No footage at this time."))

    def _show_again(self) -> None:
        if self._empty:
            self.view.show_nothing(self._session.clock.position())
        elif self._shot is not None:
            self._shot.show(self.view)
