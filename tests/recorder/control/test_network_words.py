"""What a test of the network found, in words: a verdict for each way it can go, and advice only where it is known."""

import pytest

from hal.client.reach import MISSING, WAITING, Problem, Report, Said
from recorder.client.answers import Verdict
from recorder.client.tone import Tone
from recorder.control.network_words import Around, Camera, Lan, facts, judge, milliseconds, under_way

TO, OURS, ROUTER = "192.168.1.50", "192.168.1.20", "192.168.1.1"
AROUND = Around("gate.example")
YARD = Camera(3, "Yard", port=3)
SHOP = Camera(7, "Shop")


def report(delays_us=(), **about):
    return Report(**{"to": TO, "source": OURS, "count": 10, "delays_us": tuple(delays_us), "over": True, **about})


def silent(*said):
    return report([MISSING] * 10, said=said)


@pytest.mark.covers("D-MNT-08")
@pytest.mark.parametrize(
    ("found", "around", "verdict", "tone", "words"),
    [
        (
            report([400] * 10),
            AROUND,
            Verdict.GOOD,
            Tone.GOOD,
            "The connection is good. 10 of 10 answered, after 0.40 ms on average.",
        ),
        (
            report([150_000] * 10),
            AROUND,
            Verdict.SLOW,
            Tone.WARNING,
            "It answers slowly. 10 of 10 answered, after 150 ms on average.",
        ),
        (report([400] * 7 + [MISSING] * 3), AROUND, Verdict.LOSING, Tone.BAD, "3 of 10 answers are missing."),
        (
            report([400] * 10, doubled=9),
            AROUND,
            Verdict.DOUBLED,
            Tone.WARNING,
            "Answers come twice. 10 of 10 answered, after 0.40 ms on average.",
        ),
        (
            report([400] * 10, closed=10),
            Around(TO, port=81),
            Verdict.CLOSED,
            Tone.WARNING,
            "The device is there, but its port 81 is closed: nothing listens at it.",
        ),
        (silent(), AROUND, Verdict.SILENT, Tone.BAD, f"Nothing answers at {TO}."),
        (silent(Said("no_route", "", 10)), AROUND, Verdict.NO_ROUTE, Tone.BAD, f"No way leads to {TO}."),
        (
            silent(Said("no_route", ROUTER, 10)),
            AROUND,
            Verdict.NO_ROUTE,
            Tone.BAD,
            f"No way leads to {TO}, says {ROUTER}.",
        ),
        (silent(Said("nobody", OURS, 8)), AROUND, Verdict.NOBODY, Tone.BAD, f"No device has the address {TO} now."),
        (
            silent(Said("nobody", ROUTER, 8)),
            AROUND,
            Verdict.NOBODY,
            Tone.BAD,
            f"{ROUTER} says that no device has {TO} now.",
        ),
        (
            silent(Said("unreachable", "", 8)),
            Around(TO, port=81),
            Verdict.NOBODY,
            Tone.BAD,
            f"{TO} cannot be reached: no device has this address, or a firewall refuses.",
        ),
        (
            silent(Said("refused", ROUTER, 8)),
            AROUND,
            Verdict.REFUSED,
            Tone.BAD,
            f"{ROUTER} does not let this through to {TO}.",
        ),
        (silent(Said("refused", TO, 8)), AROUND, Verdict.REFUSED, Tone.BAD, f"{TO} refuses this."),
        (
            silent(Said("own_firewall", "", 8)),
            AROUND,
            Verdict.REFUSED,
            Tone.BAD,
            "The recorder's own machine does not let this out.",
        ),
        (
            report(problem=Problem.NO_NAME, to=""),
            AROUND,
            Verdict.NO_NAME,
            Tone.BAD,
            "There is no device of the name gate.example.",
        ),
        (
            report(problem=Problem.NO_NAME_SERVER, to=""),
            AROUND,
            Verdict.NO_NAME_SERVER,
            Tone.BAD,
            "gate.example cannot be looked up: no name server answers.",
        ),
        (
            report(problem=Problem.MAY_NOT_ECHO, to=""),
            AROUND,
            Verdict.MAY_NOT_ECHO,
            Tone.WARNING,
            "The machine does not let the recorder send echo requests.",
        ),
        (
            report(problem=Problem.NOT_ONE_DEVICE, to=""),
            Around("224.0.0.1"),
            Verdict.NO_DEVICE_ADDRESS,
            Tone.BAD,
            "224.0.0.1 is not the address of one device, but of a group, of all or of none.",
        ),
        (
            report(problem=Problem.WHICH_NET, to=""),
            Around("fe80::1"),
            Verdict.NO_DEVICE_ADDRESS,
            Tone.BAD,
            "fe80::1 holds in one net alone, and the recorder may have several.",
        ),
    ],
)
def test_each_way_that_a_test_can_go_has_a_verdict_in_words_and_trouble_has_advice(found, around, verdict, tone, words):
    judged = judge(found, around)
    assert (judged.verdict, judged.tone, judged.words) == (verdict, tone, words)
    assert bool(judged.advice) is (verdict is not Verdict.GOOD)


LOST = report([400] * 9 + [MISSING])


@pytest.mark.parametrize(
    ("found", "around", "advice"),
    [
        (LOST, Around(TO, cameras=[YARD]), ["Look at the cable of port 3 (Yard)."]),
        (
            LOST,
            Around(TO, cameras=[SHOP]),
            ["It is the camera Shop: look at its cable and the switch that it hangs on."],
        ),
        (
            LOST,
            Around(TO, lan=Lan("LAN1", damaged=12)),
            ["12 packets came damaged to LAN1 meanwhile: change the cable there."],
        ),
        (
            LOST,
            Around(TO, lan=Lan("LAN1", half_duplex=True)),
            ["LAN1 and its switch do not agree (half duplex): set both to automatic, or change the cable."],
        ),
        (
            LOST,
            Around(TO, lan=Lan("LAN1", rival="00:11:22:33:44:55")),
            ["Another device (00:11:22:33:44:55) has the recorder's address at LAN1: give one of them another."],
        ),
        (
            report([400] * 9 + [MISSING], late=1),
            AROUND,
            ["1 answer came too late: the way is full."],
        ),
        (
            report([400] * 9 + [MISSING], said=(Said("nobody", ROUTER, 1),)),
            AROUND,
            [f"{ROUTER} says now and then that it cannot reach it: look at the way behind that."],
        ),
        (LOST, AROUND, ["Look at the cables and switches on the way; by radio, bring it nearer."]),
        (
            silent(Said("nobody", OURS, 8)),
            Around(TO, cameras=[YARD]),
            [
                "Look at the cable of port 3 (Yard), and whether the port gives power.",
                "Is it switched on and plugged in? It may have got another address.",
            ],
        ),
        (
            silent(Said("no_route", "", 8)),
            Around(TO, unplugged=["LAN1", "LAN2"]),
            [
                "No network cable is plugged in (LAN1, LAN2).",
                f"Look at the recorder's address, mask and gateway: none of its nets holds {TO}.",
            ],
        ),
        (
            silent(),
            Around(TO, lan=Lan("LAN2", link=False)),
            [
                "No cable is plugged in at LAN2, or the other end is off.",
                "Some devices answer no echo requests: test with a port as well, 554 for most cameras.",
            ],
        ),
        (silent(), Around(TO, port=554), ["A firewall may swallow it: test without a port as well."]),
    ],
)
def test_what_to_do_is_said_where_it_is_known(found, around, advice):
    assert list(judge(found, around).advice) == advice


def test_a_good_test_with_damaged_packets_says_so_too():
    judged = judge(report([400] * 10), Around(TO, lan=Lan("LAN1", damaged=2)))
    assert judged.verdict is Verdict.GOOD
    assert judged.advice == ("2 packets came damaged to LAN1 meanwhile: change the cable there.",)


def test_figures_are_told_line_by_line():
    found = report([500, 1500, MISSING, 10_000], late=1, doubled=2, strange=3)
    told = [(one.name, one.words) for one in facts(found, Around(TO, lan=Lan("LAN1")))]
    assert told == [
        ("Way", f"over LAN1, from {OURS} to {TO}"),
        ("Asked by", "Echo requests (ping)"),
        ("Average delay", "4.0 ms"),
        ("Least and most", "0.50 ms and 10 ms"),
        ("Missing", "1 of 4, 25 %"),
        ("Came too late", "1"),
        ("Came twice", "2"),
        ("Answers to nothing", "3"),
    ]
    assert ("Asked by", "Connections to port 554") in [
        (one.name, one.words) for one in facts(report([400]), Around(TO, port=554))
    ]
    assert facts(Report(count=10), AROUND) == ()


def test_what_is_waited_for_is_neither_answered_nor_missing():
    found = report([400, MISSING, WAITING], over=False)
    assert under_way(found, AROUND) == "3 of 10 requests are sent, 1 answered."
    assert ("Missing", "1 of 2, 50 %") in [(one.name, one.words) for one in facts(found, AROUND)]
    assert under_way(Report(count=10), AROUND) == "gate.example is looked up."


@pytest.mark.parametrize(("ms", "words"), [(0.094, "0.09 ms"), (0.999, "1.00 ms"), (3.44, "3.4 ms"), (45.6, "46 ms")])
def test_delays_are_as_exact_as_they_are_worth(ms, words):
    assert milliseconds(ms) == words
