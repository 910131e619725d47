"""From a camera's clock to ours: a wall time for every picture that is true, continuous, and never jumps within a span.

Wall time is media time plus an offset. The offset is set by the arrival of the first picture and then follows, slowly,
what the least delayed arrivals of each 5 s say; sender reports (RFC 3550 §6.4.1) give the rate of the camera's clock
in advance. A camera whose clock counts other seconds than ours is followed by what arrives (`FAR_US`). Sound shares the
clock of the picture already (`recorder.rtsp`). Where the camera's clock jumps, or ours is stepped, pictures go on at
the pace of their arrival until the next key frame, at which a new span begins.
"""

from dataclasses import dataclass

from recorder.client.clock import SECOND_US, Clock

JUMP_US = 10 * SECOND_US
BACK_US = SECOND_US
STEP_US = SECOND_US
WINDOW_US = 5 * SECOND_US
# An error of the offset is worked off over this time, at no more than this many parts of real time.
SETTLE_US = 20 * SECOND_US
STEEPEST = 0.02
# Further off than this the camera's clock counts other seconds than ours: cheap ones stamp the pictures of a rate that
# they do not keep. Then the rate of what arrives is followed, once two windows agree about it this well.
FAR_US = 3 * SECOND_US
ALIKE = 0.02
STEEPEST_STRETCHED = 0.1
LEAST_BASE_US = 2 * SECOND_US
SLOWEST, FASTEST = -0.75, 3.0
"""By so many parts more or less than its own may a camera's time be stretched."""
# Reports nearer together than this say nothing about the rate: their times are known to about a millisecond.
RATE_BASE_US = 20 * SECOND_US
# Clocks are compared so often, and at every key frame: pictures between pass without. It is well below the time between
# two calm reads, so that not always the oldest of what a read brings is looked at, which waited longest.
LOOK_US = 100_000


@dataclass(frozen=True)
class Report:
    """One sender report of a track: the camera's wall clock, and the media time of the track, at one moment (µs)."""

    camera_us: int
    media_us: int


class Timeline:
    """The times of one connection to one stream; a new connection gets a new one.

    Its first picture is placed after `after_us`, the newest wall time of the connection before, unless our clock was
    set back since.
    """

    def __init__(self, clock: Clock, after_us: int = 0) -> None:
        self._clock = clock
        self._anchored = False
        self._base = 0
        self._offset = 0.0
        self._rate = 0.0
        self._slew = 0.0
        self._wrong = 0.0
        """By how much the camera's clock runs wrong beyond what its reports say."""
        self._drift: float | None = None
        """What arrived in the last window drifted by so much, in parts of media time."""
        self._least_before: tuple[int, int] | None = None
        """Media time and delay of what waited least in the window before."""
        self._newest_pts = 0
        self._newest_wall = after_us
        self._looked_pts = self._looked_arrival = 0
        """The newest picture that was looked at closely, and when it came."""
        self._look_again = 0
        """Up to which pts pictures are placed without a closer look."""
        self._added = 0
        """The offset as it is applied, in whole microseconds."""
        self._clock_gap = 0
        self._window_ends = 0
        self._least_error: float | None = None
        self._least = 0, 0
        """Media time and delay of what waited least in this window."""
        self._bridging = False
        self._fresh = True
        self._first_report: Report | None = None

    def video(self, media_us: int, key: int) -> tuple[int, int, bool]:
        """Place a picture that has just arrived: its pts, its wall time, and whether a new span begins with it."""
        pts = media_us - self._base
        if self._newest_pts < pts < self._look_again and not key:
            # Nothing can have happened since the last look that matters yet.
            self._newest_pts = pts
            self._newest_wall = wall = pts + self._added
            return pts, wall, False
        return self._look(media_us, key=key)

    @property
    def axis_us(self) -> int:
        """How far the wall clock is ahead of the one that never steps, where pictures are placed now."""
        return self._clock_gap

    def _look(self, media_us: int, *, key: int) -> tuple[int, int, bool]:
        """Place a picture, and see whether a clock jumped or drifts."""
        now, monotonic = self._clock.now_us(), self._clock.monotonic_us()
        stepped = self._anchored and abs(now - monotonic - self._clock_gap) > STEP_US
        if not self._anchored:
            follows = self._newest_wall - STEP_US <= now <= self._newest_wall
            self._anchor(media_us, self._newest_wall + 1 if follows else now, now, monotonic)
        elif key and (stepped or self._bridging):
            # Where only the camera's clock jumped, no picture comes before the one it follows.
            place = max(now, self._newest_wall + 1)
            if stepped:
                # The same axis by the new clock: footage before it is moved by as much, so nothing overlaps or is torn.
                moved = now - monotonic - self._clock_gap
                place = now if self._bridging else media_us - self._base + self._added + moved
            self._anchor(media_us, place, now, monotonic)
        arrived = monotonic + self._clock_gap
        pts = media_us - self._base
        if pts - self._newest_pts < -BACK_US or abs(arrived - pts - self._offset) > JUMP_US:
            pts = self._bridge(media_us, monotonic)
        forward = pts - self._looked_pts
        if forward > 0:
            self._offset += forward * (self._rate + self._wrong + self._slew)
            self._added = round(self._offset)
            self._looked_pts, self._looked_arrival = pts, monotonic
        wall = pts + self._added
        self._newest_pts = max(pts, self._newest_pts)
        self._newest_wall = max(wall, self._newest_wall)
        self._watch_delay(pts, arrived - pts, now, monotonic)
        # While a jump is bridged, and where times are stretched, every picture is looked at.
        self._look_again = self._newest_pts + (0 if self._bridging or self._wrong else LOOK_US)
        fresh, self._fresh = self._fresh, False
        return pts, wall, fresh

    def together(self, media_us: list[int]) -> tuple[int, int] | None:
        """Give what to add to the media times of pictures that came together, for their pts and for their wall times.

        They are placed as the newest before them, and the last of them, which waited least, is looked at for those
        that follow. Without pictures it is what sound is placed by. None where each is to be placed by itself.
        """
        if not self._anchored or self._bridging or self._wrong:
            return None
        base = self._base
        found = -base, self._added - base
        if media_us:
            if media_us != sorted(media_us):
                return None
            newest, wall = media_us[-1] - base, media_us[-1] + found[1]
            if media_us[0] - base <= self._newest_pts or newest > self._newest_pts + BACK_US:
                return None
            if newest >= self._look_again:
                self._look(media_us[-1], key=False)
                wall = max(wall, self._newest_wall)
            else:
                self._newest_pts = newest
            self._newest_wall = wall
        return found

    def audio(self, media_us: int) -> tuple[int, int] | None:
        """Place a piece of sound, which shares the clock of the picture; None while there is no picture yet."""
        if not self._anchored:
            return None
        pts = media_us - self._base
        return pts, pts + self._added

    def break_at_key(self) -> None:
        """Begin a new span at the next key frame: what came before it is not whole."""
        self._bridging = True
        self._look_again = 0

    def report(self, report: Report) -> None:
        """Take a sender report of the video track."""
        first = self._first_report
        passed = report.media_us - first.media_us if first else 0
        if first is None or passed < 0:
            self._first_report = report
        elif passed >= RATE_BASE_US:
            rate = (report.camera_us - first.camera_us) / passed - 1
            if abs(rate) <= STEEPEST:
                self._rate = rate
            else:
                self._first_report = report

    def _anchor(self, media_us: int, wall_us: int, now_us: int, monotonic_us: int) -> None:
        """Begin a span: from here pts equals wall time, until the offset drifts."""
        self._fresh = True
        self._bridging = False
        self._anchored = True
        self._base = media_us - wall_us
        self._offset = self._slew = 0.0
        self._added = 0
        self._newest_pts = self._looked_pts = wall_us
        self._newest_wall = wall_us
        self._looked_arrival = monotonic_us
        self._clock_gap = now_us - monotonic_us
        self._window_ends = monotonic_us + WINDOW_US
        self._least_error = None
        self._least_before = wall_us, now_us - wall_us

    def _bridge(self, media_us: int, monotonic_us: int) -> int:
        """Let this picture follow the one before it by as much as it arrived later."""
        self._bridging = True
        pts = max(self._looked_pts + monotonic_us - self._looked_arrival, self._newest_pts + 1)
        self._base = media_us - pts
        self._least_before = None
        return pts

    def _watch_delay(self, pts_us: int, delay_us: int, now_us: int, monotonic_us: int) -> None:
        error = delay_us - self._offset
        if self._least_error is None or error < self._least_error:
            self._least_error, self._least = error, (pts_us, delay_us)
        if monotonic_us >= self._window_ends:
            error = self._least_error
            steepest = STEEPEST_STRETCHED if self._wrong else STEEPEST
            self._slew = min(max(error / SETTLE_US, -steepest), steepest)
            self._watch_drift(far=abs(error) > FAR_US)
            self._window_ends = monotonic_us + WINDOW_US
            self._least_error = None
            drifted = now_us - monotonic_us - self._clock_gap
            if abs(drifted) <= STEP_US:
                self._clock_gap += drifted

    def _watch_drift(self, *, far: bool) -> None:
        """Learn at the end of a window how wrong the camera's clock runs, where it is `far` from what arrives.

        Two windows must agree: what a camera had kept for us and sends at once looks like a fast clock in one.
        """
        before, (pts, delay) = self._least_before, self._least
        if before is None:
            self._least_before = self._least
            return
        passed = pts - before[0]
        if passed < LEAST_BASE_US:
            return
        self._least_before = self._least
        drift, earlier = (delay - before[1]) / passed, self._drift
        self._drift = drift
        if far and earlier is not None and abs(drift - earlier) <= ALIKE + abs(drift) / 4:
            self._wrong = min(max(drift, SLOWEST), FASTEST) - self._rate
