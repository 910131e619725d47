"""What a test of the network found, in words: the verdict, and what to do where that is known (D-MNT-08)."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from hal.client.reach import MISSING, WAITING, Problem, Report, Why
from recorder.client.answers import Fact, Verdict
from recorder.client.tone import Tone
from recorder.client.words import _, counted

SLOW_MS = 100.0
"""A camera that answers later than this on average is not in the house, or its net is full."""
RTSP_PORT = 554


@dataclass(frozen=True)
class Camera:
    """The channel whose camera was tested; `port` is the recorder's own that it hangs on, 0: none."""

    channel: int
    name: str
    port: int = 0


@dataclass(frozen=True)
class Lan:
    """The interface that the test went out by, as it was meanwhile."""

    name: str
    link: bool = True
    half_duplex: bool = False
    damaged: int = 0
    """Packets that arrived damaged while it was tested."""
    rival: str = ""
    """Another device that has the recorder's address there."""


@dataclass(frozen=True)
class Figures:
    """What is counted, and the delays in milliseconds."""

    answered: int
    missing: int
    waiting: int
    delays_ms: tuple[float, ...]

    @classmethod
    def of(cls, report: Report) -> "Figures":
        """Count."""
        delays = tuple(one / 1000 for one in report.delays_us if one >= 0)
        return cls(len(delays), report.delays_us.count(MISSING), report.delays_us.count(WAITING), delays)

    @property
    def lost_percent(self) -> float:
        """Of what is decided."""
        decided = self.answered + self.missing
        return 100 * self.missing / decided if decided else 0.0

    @property
    def mean_ms(self) -> float | None:
        """None: nothing was answered."""
        return fmean(self.delays_ms) if self.delays_ms else None


@dataclass(frozen=True)
class Judged:
    """What it means."""

    verdict: Verdict
    tone: Tone
    words: str
    advice: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """What the recorder knows of the way to an address."""

    address: str
    """As it was asked for."""
    port: int = 0
    cameras: Sequence[Camera] = ()
    lan: Lan | None = None
    unplugged: Sequence[str] = ()
    """The names of all interfaces, where none has a link."""


def judge(report: Report, around: Around) -> Judged:
    """Say what a test that is over found."""
    figures = Figures.of(report)
    if report.problem is not Problem.NONE:
        return _problem(report.problem, around)
    if not figures.answered:
        return _unanswered(report, around)
    if report.closed == figures.answered and not figures.missing:
        words = _("The device is there, but its port {port} is closed: nothing listens at it.")
        advice = _(
            "Switch the service on at the device, or look up its port there. A camera's is {rtsp} in most cases."
        )
        return Judged(Verdict.CLOSED, Tone.WARNING, words.format(port=around.port), (advice.format(rtsp=RTSP_PORT),))
    how = _("{answered} of {count} answered, after {mean} on average.").format(
        answered=figures.answered, count=report.count, mean=milliseconds(figures.mean_ms or 0.0)
    )
    if figures.missing:
        words = _("{missing} of {count} answers are missing.").format(missing=figures.missing, count=report.count)
        return Judged(Verdict.LOSING, Tone.BAD, words, _losing(report, around))
    if report.doubled:
        advice = _("Two devices have this address, or two cables join the same switches. Pull one and test again.")
        return Judged(Verdict.DOUBLED, Tone.WARNING, _("Answers come twice.") + " " + how, (advice,))
    if (figures.mean_ms or 0.0) >= SLOW_MS:
        advice = _(
            "A net in the house answers within 10 ms. Find out what fills this one: a copy, radio, the internet."
        )
        return Judged(Verdict.SLOW, Tone.WARNING, _("It answers slowly.") + " " + how, (advice, *_at_lan(around)))
    return Judged(Verdict.GOOD, Tone.GOOD, _("The connection is good.") + " " + how, _at_lan(around))


def milliseconds(ms: float) -> str:
    """Give "0.09 ms", "3.4 ms", "120 ms"."""
    digits = 2 if ms < 1 else 1 if ms < 10 else 0
    return _("{ms} ms").format(ms=f"{ms:.{digits}f}")


def facts(report: Report, around: Around) -> tuple[Fact, ...]:
    """What was measured, line by line; nothing before something is known."""
    figures, found = Figures.of(report), list[Fact]()
    if report.to:
        way = _("from {source} to {to}") if report.source else _("to {to}")
        words = way.format(source=report.source, to=report.to)
        if around.lan is not None:
            words = _("over {lan}, {way}").format(lan=around.lan.name, way=words)
        by = _("Connections to port {port}").format(port=around.port) if around.port else _("Echo requests (ping)")
        found += [Fact(_("Way"), words), Fact(_("Asked by"), by)]
    if figures.mean_ms is not None:
        least, most = milliseconds(min(figures.delays_ms)), milliseconds(max(figures.delays_ms))
        found.append(Fact(_("Average delay"), milliseconds(figures.mean_ms)))
        found.append(Fact(_("Least and most"), _("{least} and {most}").format(least=least, most=most)))
    if figures.answered or figures.missing:
        words = _("{missing} of {decided}, {percent:.0f} %").format(
            missing=figures.missing, decided=figures.answered + figures.missing, percent=figures.lost_percent
        )
        found.append(Fact(_("Missing"), words, Tone.BAD if figures.missing else Tone.PLAIN))
    if report.late:
        found.append(Fact(_("Came too late"), str(report.late), Tone.WARNING))
    if report.doubled:
        found.append(Fact(_("Came twice"), str(report.doubled), Tone.WARNING))
    if report.strange:
        found.append(Fact(_("Answers to nothing"), str(report.strange), Tone.WARNING))
    return tuple(found)


def under_way(report: Report, around: Around) -> str:
    """Say how far it is."""
    if not report.to:
        return _("{address} is looked up.").format(address=around.address)
    figures = Figures.of(report)
    return _("{sent} of {count} requests are sent, {answered} answered.").format(
        answered=figures.answered, sent=len(report.delays_us), count=report.count
    )


def _problem(problem: Problem, around: Around) -> Judged:
    address = around.address
    match problem:
        case Problem.NO_NAME:
            advice = _("Look how it is written, or give its address in numbers.")
            words = _("There is no device of the name {address}.")
            return Judged(Verdict.NO_NAME, Tone.BAD, words.format(address=address), (advice,))
        case Problem.NO_NAME_SERVER:
            words = _("{address} cannot be looked up: no name server answers.")
            advice = (
                *_unplugged(around),
                _("Test the gateway and the name server by their addresses in numbers; look at the settings of both."),
            )  # fmt: skip
            return Judged(Verdict.NO_NAME_SERVER, Tone.BAD, words.format(address=address), advice)
        case Problem.MAY_NOT_ECHO:
            words = _("The machine does not let the recorder send echo requests.")
            advice = (
                _("Give a port: then connections to it are measured, which needs no right. Most cameras have {rtsp}."),
                _("Or allow it: net.ipv4.ping_group_range must name a group of the recorder's user (sysctl)."),
            )
            return Judged(Verdict.MAY_NOT_ECHO, Tone.WARNING, words, (advice[0].format(rtsp=RTSP_PORT), advice[1]))
        case Problem.WHICH_NET:
            words = _("{address} holds in one net alone, and the recorder may have several.")
            advice = _("Write the interface behind it, such as {address}%eth0.").format(address=address)
            return Judged(Verdict.NO_DEVICE_ADDRESS, Tone.BAD, words.format(address=address), (advice,))
        case _:
            words = _("{address} is not the address of one device, but of a group, of all or of none.")
            advice = _("Give the address of the device itself.")
            return Judged(Verdict.NO_DEVICE_ADDRESS, Tone.BAD, words.format(address=address), (advice,))


def _unanswered(report: Report, around: Around) -> Judged:
    """Nothing came: who said why, if anybody did."""
    to, why, by = report.to, "", ""
    if report.said:
        why, by = report.said[0].why, report.said[0].by
    ours = by in {"", report.source}
    match why:
        case Why.NO_ROUTE:
            words = _("No way leads to {to}.") if ours else _("No way leads to {to}, says {by}.")
            advice = (
                _("Look at the recorder's address, mask and gateway: none of its nets holds {to}.").format(to=to)
                if ours
                else _("Look at the ways that are set at {by}.").format(by=by)
            )
            return Judged(Verdict.NO_ROUTE, Tone.BAD, words.format(to=to, by=by), (*_unplugged(around), advice))
        case Why.NOBODY:
            words = _("No device has the address {to} now.") if ours else _("{by} says that no device has {to} now.")
            return Judged(Verdict.NOBODY, Tone.BAD, words.format(to=to, by=by), (*_cables(around), _not_there()))
        case Why.UNREACHABLE:
            words = _("{to} cannot be reached: no device has this address, or a firewall refuses.").format(to=to)
            return Judged(Verdict.NOBODY, Tone.BAD, words, (*_cables(around), _not_there()))
        case Why.REFUSED:
            words = _("{to} refuses this.") if by == to or not by else _("{by} does not let this through to {to}.")
            advice = _("Look at the firewall there. A camera may be set to answer only some addresses.")
            return Judged(Verdict.REFUSED, Tone.BAD, words.format(to=to, by=by), (advice,))
        case Why.OWN_FIREWALL:
            advice = _("Look at the firewall and the routes of this machine.")
            return Judged(Verdict.REFUSED, Tone.BAD, _("The recorder's own machine does not let this out."), (advice,))
        case _:
            words = _("Nothing answers at {to}.").format(to=to)
            advice = list(_cables(around))
            if around.port:
                advice.append(_("A firewall may swallow it: test without a port as well."))
            else:
                hint = _("Some devices answer no echo requests: test with a port as well, {rtsp} for most cameras.")
                advice.append(hint.format(rtsp=RTSP_PORT))
            return Judged(Verdict.SILENT, Tone.BAD, words, tuple(advice))


def _not_there() -> str:
    return _("Is it switched on and plugged in? It may have got another address.")


def _cables(around: Around) -> tuple[str, ...]:
    """Say which cable to look at, where that is known."""
    found: list[str] = list(_unplugged(around))
    for one in around.cameras:
        if one.port:
            words = _("Look at the cable of port {port} ({name}), and whether the port gives power.")
        else:
            words = _("It is the camera {name}: look at its cable, its power and the switch that it hangs on.")
        found.append(words.format(port=one.port, name=one.name))
    return tuple(found)


def _losing(report: Report, around: Around) -> tuple[str, ...]:
    found: list[str] = []
    for one in around.cameras:
        if one.port:
            found.append(_("Look at the cable of port {port} ({name}).").format(port=one.port, name=one.name))
        else:
            words = _("It is the camera {name}: look at its cable and the switch that it hangs on.")
            found.append(words.format(name=one.name))
    found += _at_lan(around)
    for one in report.said:
        if one.by and one.why in {Why.NO_ROUTE, Why.NOBODY}:
            words = _("{by} says now and then that it cannot reach it: look at the way behind that.")
            found.append(words.format(by=one.by))
    if report.late:
        found.append(
            counted(
                "{count} answer came too late: the way is full.",
                "{count} answers came too late: the way is full.",
                report.late,
            )
        )
    return tuple(found) or (_("Look at the cables and switches on the way; by radio, bring it nearer."),)


def _at_lan(around: Around) -> tuple[str, ...]:
    """What is wrong at the recorder's own end, where that is known."""
    lan, found = around.lan, list[str]()
    if lan is None:
        return ()
    if lan.damaged:
        words = _("{count} packets came damaged to {lan} meanwhile: change the cable there.")
        found.append(words.format(count=lan.damaged, lan=lan.name))
    if lan.half_duplex:
        words = _("{lan} and its switch do not agree (half duplex): set both to automatic, or change the cable.")
        found.append(words.format(lan=lan.name))
    if lan.rival:
        words = _("Another device ({mac}) has the recorder's address at {lan}: give one of them another.")
        found.append(words.format(mac=lan.rival, lan=lan.name))
    return tuple(found)


def _unplugged(around: Around) -> tuple[str, ...]:
    if around.lan is not None and not around.lan.link:
        return (_("No cable is plugged in at {lan}, or the other end is off.").format(lan=around.lan.name),)
    if around.unplugged:
        return (_("No network cable is plugged in ({lans}).").format(lans=", ".join(around.unplugged)),)
    return ()
