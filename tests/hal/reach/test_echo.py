"""Echo requests and what comes back, byte by byte: what is another's, cut or made up answers nothing."""

import struct
from socket import AF_INET, AF_INET6, inet_aton, inet_pton

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hal.reach.echo import Complaint, Why, answered, complaint, of_errno, request

TOKEN = b"0123456789ab"
# RFC 792, page 14, and RFC 4443, 4.1 and 4.2: type, code, checksum, identifier, sequence number, data.
ASKED = {AF_INET: "0800 0000 0000 0007", AF_INET6: "8000 0000 0000 0007"}
ANSWER = {AF_INET: "0000 beef 1234 0007", AF_INET6: "8100 beef 1234 0007"}


@pytest.mark.parametrize("family", [AF_INET, AF_INET6])
def test_a_request_is_the_one_of_the_rfc_and_its_answer_is_known(family):
    assert request(family, 7, TOKEN) == bytes.fromhex(ASKED[family]) + TOKEN
    assert answered(family, bytes.fromhex(ANSWER[family]) + TOKEN, TOKEN) == 7


@pytest.mark.parametrize("family", [AF_INET, AF_INET6])
def test_what_is_another_s_or_cut_answers_nothing(family):
    good = bytes.fromhex(ANSWER[family]) + TOKEN
    other = AF_INET6 if family == AF_INET else AF_INET
    bad = [good[:length] for length in range(len(good))]
    bad += [good + b"\0", good[:-1] + b"x", b"\x08" + good[1:], good[:1] + b"\1" + good[2:]]
    bad += [bytes.fromhex(ANSWER[other]) + TOKEN, bytes.fromhex(ASKED[family]) + TOKEN]
    assert [answered(family, one, TOKEN) for one in bad] == [None] * len(bad)


def error(origin, kind, code, by=b"", number=113):
    return struct.pack("=IBBBBII", number, origin, kind, code, 0, 0, 0) + by


ROUTER = struct.pack("=HH4s8x", AF_INET, 0, inet_aton("10.9.0.2"))
ROUTER6 = struct.pack("=HHI16sI", AF_INET6, 0, 0, inet_pton(AF_INET6, "fd00::2"), 0)


@pytest.mark.parametrize(
    ("told", "means"),
    [
        (error(2, 3, 0, ROUTER), Complaint(Why.NO_ROUTE, "10.9.0.2")),
        (error(2, 3, 1, ROUTER), Complaint(Why.NOBODY, "10.9.0.2")),
        (error(2, 3, 13, ROUTER), Complaint(Why.REFUSED, "10.9.0.2")),
        (error(2, 3, 3, ROUTER), Complaint(Why.REFUSED, "10.9.0.2")),
        (error(2, 11, 0, ROUTER), Complaint(Why.OTHER, "10.9.0.2")),
        (error(3, 1, 0, ROUTER6), Complaint(Why.NO_ROUTE, "fd00::2")),
        (error(3, 1, 1, ROUTER6), Complaint(Why.REFUSED, "fd00::2")),
        (error(3, 1, 3, ROUTER6), Complaint(Why.NOBODY, "fd00::2")),
        (error(1, 0, 0, number=1), Complaint(Why.OWN_FIREWALL)),
        (error(2, 3, 1, b"\2\0"), Complaint(Why.NOBODY)),
        (error(2, 3, 1, ROUTER6[:20]), Complaint(Why.NOBODY)),
        (error(4, 0, 0, ROUTER), None),
        (error(2, 3, 1)[:15], None),
        (b"", None),
    ],
)
def test_the_error_queue_is_read_with_who_says_so(told, means):
    assert complaint(told) == means


@pytest.mark.parametrize(
    ("number", "why"),
    [(101, Why.NO_ROUTE), (113, Why.UNREACHABLE), (111, Why.REFUSED), (1, Why.OWN_FIREWALL), (22, Why.OTHER)],
)
def test_what_the_kernel_says_of_sending_is_told_apart(number, why):
    assert of_errno(number) == Complaint(why)


@given(some.binary(max_size=80))
def test_no_bytes_break_it(data):
    for family in (AF_INET, AF_INET6):
        assert answered(family, data, TOKEN) is None or data[8:] == TOKEN
    found = complaint(data)
    assert found is None or isinstance(found.why, Why)
