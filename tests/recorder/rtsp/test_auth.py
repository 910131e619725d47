import hashlib
import re

import pytest
from requests.auth import HTTPDigestAuth

from recorder.client.clock import ManualClock
from recorder.rtsp.auth import Algorithm, Login, parse_challenges, parse_credentials
from recorder.rtsp.errors import Malformed
from recorder.rtsp.guard import NONCE_LIFE_US, Checked, Guard, Verdict

URL = "rtsp://camera/stream"
ACCEPTED = Checked(Verdict.ACCEPTED, "user")


def fields(authorization):
    return parse_credentials(authorization)[1]


@pytest.fixture
def guard():
    return Guard("Nightjar", {"user": "pass: word"}.get, clock=ManualClock(), basic=True)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_rfc_7616_comes_out(algorithm, response):
    login = Login("Mufasa", "Circle of Life", client_nonce=lambda: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    nonce, opaque = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
    realm = 'realm="http-auth@example.org", qop="auth, auth-int"'
    login.challenge([f'Digest {realm}, algorithm={algorithm}, nonce="{nonce}", opaque="{opaque}"'])
    assert fields(login.authorization("GET", "/dir/index.html"))["response"] == response


def test_the_example_of_rfc_2617_comes_out():
    login = Login("Mufasa", "Circle Of Life", client_nonce=lambda: "0a4f113b")
    login.challenge(['Digest realm="testrealm@host.com", qop="auth", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'])
    found = fields(login.authorization("GET", "/dir/index.html"))
    assert found["response"] == "6629fae49393a05397450978507c4ef1"
    # What was not named by the server is not named to it.
    assert "algorithm" not in found


def test_without_qop_the_answer_is_that_of_rfc_2069():
    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()

    login = Login("u", "p")
    login.challenge(['Digest realm="r", nonce="n"'])
    expected = md5(f"{md5('u:r:p')}:n:{md5('PLAY:' + URL)}")
    found = fields(login.authorization("PLAY", URL))
    assert (found["response"], "qop" in found, "cnonce" in found) == (expected, False, False)


def requests_answers(challenge, user="user", password="pass: word", method="DESCRIBE"):
    """The Authorization header that the requests library makes of a challenge."""
    name, _, rest = challenge.partition(" ")
    assert name == "Digest"
    digest = HTTPDigestAuth(user, password)
    digest.init_per_thread_state()
    digest._thread_local.chal = {k: v.strip('"') for k, v in re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', rest)}
    return digest.build_digest_header(method, URL)


@pytest.mark.parametrize("algorithm", [Algorithm.SHA_256, Algorithm.MD5])
def test_another_digest_is_let_in(guard, algorithm):
    challenge = next(one for one in guard.challenges() if f"algorithm={algorithm}," in one)
    assert guard.check(requests_answers(challenge), "DESCRIBE", URL) == ACCEPTED
    challenge = next(one for one in guard.challenges() if f"algorithm={algorithm}," in one)
    wrong = requests_answers(challenge, password="other")
    assert guard.check(wrong, "DESCRIBE", URL).verdict is Verdict.REFUSED


@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5", "MD5-SESS"])
def test_another_digest_answers_as_we_do(algorithm):
    challenge = f'Digest realm="a b", nonce="xyz", algorithm={algorithm}, qop="auth", opaque="o"'
    theirs = fields(requests_answers(challenge))
    login = Login("user", "pass: word", client_nonce=lambda: theirs["cnonce"])
    login.challenge([challenge])
    ours = fields(login.authorization("DESCRIBE", theirs["uri"]))
    assert ours | {"algorithm": algorithm} == theirs


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_client_and_server_agree_for_many_requests(algorithm):
    guard = Guard("r", {"user": "ü"}.get, clock=ManualClock(), algorithms=(algorithm,))
    login = Login("user", "ü")
    login.challenge(guard.challenges())
    for method in ("DESCRIBE", "SETUP", "PLAY"):
        assert guard.check(login.authorization(method, URL), method, URL) == ACCEPTED


def test_the_strongest_challenge_is_answered():
    values = ['Basic realm="x"', 'Digest realm="x", nonce="1", Digest realm="x", nonce="2", algorithm=SHA-256']
    assert Login("u", "p").challenge(values).algorithm is Algorithm.SHA_256
    assert Login("u", "p").challenge(values[:1]).algorithm is None


def test_unknown_challenges_are_passed_over():
    assert (
        parse_challenges(['NTLM, Negotiate, Digest realm="x", nonce="1", algorithm=SHA-512-256', "Digest x", ""]) == []
    )
    assert parse_challenges(['Digest realm="x", nonce="1", qop="auth-int"']) == []
    (quoted,) = parse_challenges([r'digest REALM="a \"b\", c", Nonce = "n", stale=TRUE'])
    assert (quoted.realm, quoted.nonce, quoted.stale) == ('a "b", c', "n", True)


def test_basic_is_answered_only_where_it_is_offered(guard):
    login = Login("user", "pass: word")
    login.challenge(['Basic realm="Nightjar"'])
    basic = login.authorization("DESCRIBE", URL)
    assert guard.check(basic, "DESCRIBE", URL) == ACCEPTED
    digest_only = Guard("Nightjar", {"user": "pass: word"}.get, clock=ManualClock())
    assert digest_only.check(basic, "DESCRIBE", URL).verdict is Verdict.REFUSED


def test_a_login_that_was_heard_cannot_be_said_again(guard):
    login = Login("user", "pass: word")
    login.challenge(guard.challenges())
    first = login.authorization("DESCRIBE", URL)
    second = login.authorization("DESCRIBE", URL)
    assert guard.check(second, "DESCRIBE", URL) == ACCEPTED
    assert guard.check(second, "DESCRIBE", URL).verdict is Verdict.STALE
    assert guard.check(first, "DESCRIBE", URL).verdict is Verdict.STALE


def test_an_old_nonce_is_stale_and_a_made_up_one_is_too():
    clock = ManualClock()
    guard = Guard("r", {"user": "p"}.get, clock=clock)
    login = Login("user", "p")
    login.challenge(guard.challenges())
    clock.advance(NONCE_LIFE_US / 1e6 + 1)
    assert guard.check(login.authorization("PLAY", URL), "PLAY", URL).verdict is Verdict.STALE
    login.challenge(['Digest realm="r", nonce="made.up", algorithm=MD5, qop="auth"'])
    assert guard.check(login.authorization("PLAY", URL), "PLAY", URL).verdict is Verdict.STALE
    assert "stale=true" in guard.challenges(stale=True)[0]


def test_a_login_for_another_request_is_refused(guard):
    login = Login("user", "pass: word")
    login.challenge(guard.challenges())
    assert guard.check(login.authorization("DESCRIBE", URL), "PLAY", URL).verdict is Verdict.REFUSED
    assert guard.check(login.authorization("PLAY", URL), "PLAY", "rtsp://camera/other").verdict is Verdict.REFUSED
    assert guard.check("", "PLAY", URL).verdict is Verdict.MISSING
    assert guard.check(login.authorization("PLAY", URL), "PLAY", URL + "/") == ACCEPTED


@pytest.mark.parametrize("value", ["", " ", "Digest", "Basic", "Basic\t!", "Basic /w==", "x" * 5000, 'Digest a="'])
def test_damaged_logins_are_refused(guard, value):
    assert guard.check(value, "PLAY", URL).verdict in {Verdict.REFUSED, Verdict.MISSING}
    if len(value) > 4096:
        with pytest.raises(Malformed):
            parse_credentials(value)


def test_counts_of_nonces_take_no_more_than_their_bound(guard, monkeypatch):
    monkeypatch.setattr("recorder.rtsp.guard.MOST_NONCES", 4)
    for _ in range(20):
        login = Login("user", "pass: word")
        login.challenge(guard.challenges())
        assert guard.check(login.authorization("PLAY", URL), "PLAY", URL) == ACCEPTED
    assert len(guard._counts) <= 4
