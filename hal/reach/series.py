"""A series of requests: which is due when, which were answered after how long, and which are missing; without I/O.

Times are seconds of a monotonic clock, given by the caller.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from hal.reach.echo import Complaint

MOST_REQUESTS = 100
LEAST_INTERVAL_S, MOST_INTERVAL_S = 0.2, 2.0
WAITING, MISSING = -1, -2


class Problem(StrEnum):
    """Why nothing was sent at all."""

    NONE = ""
    NO_NAME = "no_name"
    """No address belongs to this name."""
    NO_NAME_SERVER = "no_name_server"
    """Nobody who knows names answers."""
    NOT_ONE_DEVICE = "not_one_device"
    """The address is that of a group, of everybody on a net, or of nobody."""
    WHICH_NET = "which_net"
    """The address holds on one net alone, and it was not said on which (RFC 4007)."""
    MAY_NOT_ECHO = "may_not_echo"
    """This process may send no echo requests (`net.ipv4.ping_group_range`)."""


@dataclass(frozen=True)
class Said:
    """A complaint, and for how many requests it was heard."""

    why: str
    by: str
    times: int


@dataclass(frozen=True)
class Report:
    """How far a test is. `to` is the address that was tested, `source` the own one; empty while they are not known."""

    to: str = ""
    source: str = ""
    count: int = 0
    delays_us: tuple[int, ...] = ()
    """By request, in the order of sending: microseconds to its answer, `WAITING` or `MISSING`."""
    late: int = 0
    """Answers that came when they were not waited for any more; their requests are missing."""
    doubled: int = 0
    """Answers that came once more."""
    strange: int = 0
    """What came and answers no request of this test, or comes from elsewhere."""
    closed: int = 0
    """Requests at a port that was found closed; they count as answered."""
    said: tuple[Said, ...] = ()
    problem: Problem = Problem.NONE
    over: bool = False


@dataclass
class Series:
    """One test. A request that is not answered within `wait_s` is missing."""

    count: int
    interval_s: float
    wait_s: float
    _sent_s: list[float] = field(default_factory=list[float])
    _delays_us: list[int] = field(default_factory=list[int])
    _complained: set[int] = field(default_factory=set[int])
    _complaints: Counter[Complaint] = field(default_factory=Counter[Complaint])
    late: int = 0
    doubled: int = 0
    strange: int = 0
    closed: int = 0

    def due(self, now_s: float) -> bool:
        """Whether the next request is to be sent."""
        return len(self._sent_s) < self.count and now_s >= self._next_s(now_s)

    def sent(self, now_s: float) -> int:
        """Note that the next request goes out now; gives its number, from 0."""
        self._sent_s.append(now_s)
        self._delays_us.append(WAITING)
        return len(self._sent_s) - 1

    def answered(self, number: int, at_s: float, *, closed: bool = False) -> None:
        """Note an answer; `at_s` is when it came."""
        if not 0 <= number < len(self._sent_s):
            self.strange += 1
            return
        delay_s = at_s - self._sent_s[number]
        if self._delays_us[number] >= 0:
            self.doubled += 1
        elif self._delays_us[number] == MISSING or delay_s >= self.wait_s:
            self._delays_us[number] = MISSING
            self.late += 1
        else:
            # The clock of the kernel's stamp may be some microseconds beside ours.
            self._delays_us[number] = max(1, round(delay_s * 1e6))
            self.closed += closed

    def complained(self, complaint: Complaint, number: int | None) -> None:
        """Note why a request did not arrive. A number counts once: the kernel may say it by several ways."""
        if number is not None:
            if not 0 <= number < len(self._sent_s) or number in self._complained:
                return
            self._complained.add(number)
            if self.waits(number):
                self._delays_us[number] = MISSING
        self._complaints[complaint] += 1

    def look(self, now_s: float) -> None:
        """Give up the answers that were waited for long enough."""
        for number, sent_s in enumerate(self._sent_s):
            if self.waits(number) and now_s - sent_s >= self.wait_s:
                self._delays_us[number] = MISSING

    def waits(self, number: int) -> bool:
        """Whether the answer to a request is waited for."""
        return self._delays_us[number] == WAITING

    def over(self) -> bool:
        """Whether nothing is sent or waited for any more."""
        return len(self._sent_s) == self.count and WAITING not in self._delays_us

    def rest_s(self, now_s: float) -> float:
        """How long until something is to be done though nothing comes."""
        times = [
            sent + self.wait_s for sent, delay in zip(self._sent_s, self._delays_us, strict=True) if delay == WAITING
        ]
        if len(self._sent_s) < self.count:
            times.append(self._next_s(now_s))
        return max(0.0, min(times, default=now_s) - now_s)

    def report(self, to: str, source: str) -> Report:
        """Say how far it is."""
        said = tuple(Said(one.why, one.by, times) for one, times in self._complaints.most_common())
        return Report(
            to,
            source,
            self.count,
            tuple(self._delays_us),
            self.late,
            self.doubled,
            self.strange,
            self.closed,
            said,
            over=self.over(),
        )

    def _next_s(self, now_s: float) -> float:
        return self._sent_s[-1] + self.interval_s if self._sent_s else now_s
