"""Tests of the network on behalf of users: one at a time each, kept until his next, ended when he wants it no more."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from anyio.to_thread import run_sync

from hal.client import HalRefused, HalUnavailable
from hal.client.follower import Follower
from hal.client.kinds import NetworkInterfaceState
from hal.client.reach import Report
from recorder.client.answers import JobState, NetworkTarget, NetworkTest, SeatStatus, Verdict
from recorder.client.answers import NetworkTests as Told
from recorder.client.errors import Invalid, NightjarError
from recorder.client.tone import Tone
from recorder.client.words import _
from recorder.control.channels import Channels
from recorder.control.network_words import Around, Camera, Figures, Judged, Lan, facts, judge, under_way
from recorder.settings.rights import FULL, Rights
from recorder.settings.rtsp_url import ADDRESS
from recorder.settings.settings import Author, Settings

log = logging.getLogger(__name__)

COUNT, INTERVAL_S = 10, 0.5
KEPT = 32
"""Users whose newest test is kept."""
LARGEST_PORT = 65535
LONGEST = 2048
"""Of what may be written for an address: as long as that of a stream."""


class NetworkTestGoesOn(NightjarError):
    """One at a time."""

    status = 409
    words = _("Your test of {address} is under way. Wait for it to end, or cancel it.")


class Prober(Protocol):
    """`hal.client.reach.reach`, bound to a socket."""

    def __call__(self, address: str, *, port: int, count: int, interval_s: float) -> AsyncGenerator[Report]:
        """Test an address, and give every report."""
        ...


@dataclass(frozen=True)
class Target:
    """What is tested; `port` 0: by echo requests."""

    address: str
    port: int = 0


@dataclass
class _Test:
    target: Target
    report: Report
    errors: dict[str, int]
    """By interface: what it had counted when the test began."""
    state: JobState = JobState.RUNNING
    failure: str = ""
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class NetworkTests:
    """The newest test of each user. Belongs to the event loop of control."""

    def __init__(
        self,
        probe: Prober,
        hal: Follower,
        channels: Channels,
        settings: Settings,
        seats: Callable[[], tuple[SeatStatus, ...]],
        seat_address: Callable[[int], str],
    ) -> None:
        """`seats` are the cameras at the recorder's own ports, `seat_address` is where one of a number is."""
        self._probe, self._hal, self._channels, self._settings = probe, hal, channels, settings
        self._seats, self._seat_address = seats, seat_address
        self._tests: dict[str, _Test] = {}

    async def begin(
        self, told: str, port: int, author: Author, *, count: int = COUNT, interval_s: float = INTERVAL_S
    ) -> NetworkTest:
        """Begin a test, which is noted in the log; raises `Invalid`, `NetworkTestGoesOn`."""
        wanted = target(told, port)
        before = self._tests.get(author.who)
        if before is not None and not before.state.over:
            raise NetworkTestGoesOn(address=before.target.address)
        errors = {one.name: one.errors for one in self._lans()}
        test = _Test(wanted, Report(count=count), errors)
        self._forget_oldest()
        # It stands first: who asks twice at once is refused once.
        self._tests.pop(author.who, None)
        self._tests[author.who] = test
        try:
            what = f"{wanted.address} port {wanted.port}" if wanted.port else wanted.address
            await run_sync(self._settings.noted, "network-test", "", what, author)
        except BaseException:
            del self._tests[author.who]
            raise
        test.task = asyncio.create_task(self._run(test, count, interval_s))
        return await self._told(test, author)

    async def newest(self, author: Author) -> Told:
        """How the user's newest test is, and what else he could test."""
        test = self._tests.get(author.who)
        told = await self._told(test, author) if test is not None else None
        return Told(told, await run_sync(self._targets, _rights(author)))

    async def cancel(self, author: Author) -> Told:
        """End the user's test, if it goes on."""
        test = self._tests.get(author.who)
        if test is not None and test.task is not None and not test.state.over:
            test.state = JobState.CANCELLED
            await _ended(test.task)
        return await self.newest(author)

    async def close(self) -> None:
        """End all."""
        for test in self._tests.values():
            if test.task is not None:
                await _ended(test.task)

    async def _run(self, test: _Test, count: int, interval_s: float) -> None:
        going = self._probe(test.target.address, port=test.target.port, count=count, interval_s=interval_s)
        try:
            async with contextlib.aclosing(going):
                async for report in going:
                    test.report = report
            test.state = JobState.DONE
        except (HalRefused, HalUnavailable) as error:
            test.state, test.failure = JobState.FAILED, f"{str(error).rstrip('.')}."
        except Exception:
            log.exception("The test of %s failed", test.target.address)
            test.state, test.failure = JobState.FAILED, str(NightjarError())

    async def _told(self, test: _Test, author: Author) -> NetworkTest:
        around = await run_sync(self._around, test, _rights(author))
        report, figures = test.report, Figures.of(test.report)
        judged = _judged(test, around)
        delays = figures.delays_ms
        return NetworkTest(
            test.state,
            test.target.address,
            report.to,
            test.target.port,
            report.count,
            len(report.delays_us),
            figures.answered,
            figures.missing,
            figures.lost_percent,
            min(delays, default=None),
            figures.mean_ms,
            max(delays, default=None),
            tuple(one / 1000 if one >= 0 else None for one in report.delays_us),
            figures.waiting,
            report.late,
            report.doubled,
            judged.verdict,
            judged.tone,
            judged.words,
            judged.advice,
            facts(report, around),
            tuple(one.channel for one in around.cameras),
        )

    def _around(self, test: _Test, rights: Rights) -> Around:
        """Say what is known of the way; reads settings, so called in a thread."""
        lans = self._lans()
        lan = next(
            (one for one in lans if test.report.source and test.report.source in map(_bare, one.addresses)), None
        )
        unplugged = tuple(one.name for one in lans) if not any(one.link for one in lans) else ()
        tested = {test.target.address.lower(), test.report.to}
        cameras = tuple(camera for host, camera in self._cameras(rights) if host in tested)
        return Around(test.target.address, test.target.port, cameras, _lan(lan, test.errors), unplugged)

    def _cameras(self, rights: Rights) -> list[tuple[str, Camera]]:
        """Give the hosts of all cameras that may be known."""
        ports = {one.channel: one.port for one in self._seats()}
        found: list[tuple[str, Camera]] = []
        for number, one in self._channels.all().items():
            values = one.values
            at_seat = bool(values.seat) and f"://{ADDRESS}" in values.url
            host = self._seat_address(values.seat) if at_seat else urlsplit(values.url).hostname
            if host and number in rights.known:
                name = values.name or _("Camera {number}").format(number=number)
                found.append((host, Camera(number, name, ports.get(number, 0) if at_seat else 0)))
        return found

    def _targets(self, rights: Rights) -> tuple[NetworkTarget, ...]:
        """Say what may be worth a test; reads settings, so called in a thread."""
        words = _("Gateway at {lan}")
        gateways = [NetworkTarget(one.gateway, words.format(lan=one.name)) for one in self._lans() if one.gateway]
        cameras = [NetworkTarget(host, camera.name, camera.channel) for host, camera in self._cameras(rights)]
        return (*gateways, *cameras)

    def _lans(self) -> list[NetworkInterfaceState]:
        """The interfaces that are real: a simulated board's say nothing of the machine that it is simulated on."""
        real = {one.name for one in self._hal.inventory if one.kind == NetworkInterfaceState.kind and not one.simulated}
        return [one for one in self._hal.states(NetworkInterfaceState) if one.name in real and one.online]

    def _forget_oldest(self) -> None:
        over = [who for who, one in self._tests.items() if one.state.over]
        for who in over[: max(0, len(self._tests) - KEPT + 1)]:
            del self._tests[who]


def target(told: str, port: int = 0) -> Target:
    """Read an address, a name, either with a port behind it, or the address of a stream; raises `Invalid`.

    A login in it is left out.
    """
    text = told.strip()
    if not text or len(text) > LONGEST or not text.isprintable() or not text.isascii() or " " in text:
        raise _no_address()
    if "://" not in text and text.count(":") > 1 and not text.startswith("["):
        return Target(text, port)  # an IPv6 address
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, written = parts.hostname, parts.port
    except ValueError:
        raise _no_address() from None
    if not host or ("://" not in text and (parts.path or parts.query or parts.fragment)):
        raise _no_address()
    return Target(host, port or written or 0)


def _rights(author: Author) -> Rights:
    return FULL if author.rights is None else author.rights


def _no_address() -> Invalid:
    return Invalid(problem=_("Write the address or the name of one device, such as 192.168.1.20 or gate.example."))


def _judged(test: _Test, around: Around) -> Judged:
    match test.state:
        case JobState.DONE:
            return judge(test.report, around)
        case JobState.CANCELLED:
            return Judged(Verdict.CANCELLED, Tone.QUIET, _("The test was cancelled."))
        case JobState.FAILED:
            return Judged(Verdict.FAILED, Tone.BAD, test.failure)
        case _:
            return Judged(Verdict.UNDER_WAY, Tone.PLAIN, under_way(test.report, around))


def _lan(found: NetworkInterfaceState | None, before: dict[str, int]) -> Lan | None:
    if found is None:
        return None
    damaged = max(0, found.errors - before.get(found.name, found.errors))
    half = found.link and found.speed_mbit_s > 0 and not found.full_duplex
    return Lan(found.name, found.link, half, damaged, found.conflict_mac)


def _bare(address: str) -> str:
    return address.partition("/")[0]


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
