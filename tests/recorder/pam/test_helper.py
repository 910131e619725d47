"""The root helper answers yes or no for people alone, to control alone, and not without end (V-USR-07)."""

import asyncio
import os
import socket

import pytest

from recorder.pam import client
from recorder.pam.helper import Helper
from recorder.pam.limit import FREE_TRIES, LONGEST_LOCK_S, MOST_A_MINUTE, MOST_USERS, Limit
from recorder.pam.question import LARGEST_BYTES, HelperAway, Question
from tests.peers.pam_helper import PASSWORDS, pam_helper


@pytest.fixture(scope="module")
def helper(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pam")
    with pam_helper(folder / "around", folder / "pam.sock") as found:
        yield found


@pytest.mark.covers("V-USR-07")
@pytest.mark.peer("pam_wrapper")
def test_pam_says_yes_to_people_with_their_password_alone(helper):
    for name in ("lena", "otto"):
        assert client.fits(helper.socket, name, PASSWORDS[name])
    for name, word in (
        ("lena", PASSWORDS["otto"]),
        ("lena", ""),
        ("lena", PASSWORDS["lena"] + "\0"),
        ("root", PASSWORDS["root"]),
        ("daemon", PASSWORDS["daemon"]),
        ("nobody-here", "x"),
        ("../lena", PASSWORDS["lena"]),
        ("LENA", PASSWORDS["lena"]),
        ("lena", "x" * LARGEST_BYTES),
        ("lena", "\ud800"),
    ):
        assert not client.fits(helper.socket, name, word), name
    told = helper.log.read_text()
    assert not [word for word in PASSWORDS.values() if word in told]


@pytest.mark.peer("pam_wrapper")
def test_what_is_no_question_gets_no_yes(helper):
    for sent in (
        b"\n",
        b"yes\n",
        b"{}\n",
        b'{"user":"lena"}\n',
        b"[" * 2000 + b"\n",
        b"\xff" * LARGEST_BYTES * 4 + b"\n",
    ):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(60)
            sock.connect(str(helper.socket))
            sock.sendall(sent)
            try:
                assert sock.recv(16) in {b"no\n", b""}
            except ConnectionResetError:
                continue
    extra = b'{"user":"lena","password":"lena sings alto","service":"sudo"}\n'
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(60)
        sock.connect(str(helper.socket))
        sock.sendall(extra)
        assert sock.recv(16) == b"no\n"
    assert client.fits(helper.socket, "lena", PASSWORDS["lena"])
    assert oct(helper.socket.stat().st_mode & 0o777) == "0o600"


def test_only_the_users_that_it_was_told_of_are_heard(tmp_path):
    asked = []
    place = tmp_path / "pam.sock"

    async def run():
        helper = Helper(lambda *what: asked.append(what) or True, {os.geteuid() + 1})
        async with await helper.serve(place, os.geteuid()):
            with pytest.raises(HelperAway):
                await asyncio.to_thread(client.fits, place, "lena", "x")

    asyncio.run(run())
    assert asked == []


def test_tries_of_one_user_and_of_all_have_an_end():
    now = [1000.0]
    limit = Limit(lambda: now[0])

    def tries(user, seconds):
        count = 0
        for _second in range(seconds):
            now[0] += 1
            if limit.lets(user):
                limit.answered(user, right=False)
                count += 1
        return count

    assert tries("lena", FREE_TRIES + 10) == FREE_TRIES
    assert tries("lena", 3600) < 12
    assert tries("otto", 1) == 1
    now[0] += LONGEST_LOCK_S
    assert limit.lets("lena")
    limit.answered("lena", right=True)
    assert tries("lena", FREE_TRIES) == FREE_TRIES
    now[0] += 60
    assert sum(limit.lets(f"user{at}") for at in range(500)) == MOST_A_MINUTE
    for at in range(2 * MOST_USERS):
        limit.answered(f"u{at}", right=False)
    assert len(limit._wrong) == MOST_USERS


def test_a_question_never_shows_its_password():
    assert "geheim" not in repr(Question("lena", "geheim"))
