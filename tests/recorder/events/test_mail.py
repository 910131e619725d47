"""Mails of events arrive at a mail server that is not ours: encrypted as wished for, with the picture, never more."""

import email
from dataclasses import dataclass, field
from email import policy
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from recorder.client.errors import NightjarError
from recorder.control.footage import StillAnswer
from recorder.events.linkage import Lacking
from recorder.events.linkages import mail as mails
from recorder.events.linkages.mail import Mail, MailFailed, SendMail
from recorder.events.sources.input_alarm import InputAlarm
from recorder.events.sources.picture_faults import VideoLoss
from recorder.settings.action import Run
from recorder.settings.errors import BadSetting
from recorder.settings.secret import Secret
from tests.recorder.rtsp.certificates import self_signed, serving

# In the clear a password is asked for by aiosmtpd only after a warning, which is what we want here.
pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")]
JPEG = b"\xff\xd8\xff\xd9"


@dataclass
class Inbox:
    """A handler of aiosmtpd: keeps what came, and who logged in how."""

    mails: list = field(default_factory=list)
    logins: list = field(default_factory=list)
    encrypted: list = field(default_factory=list)

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802 - aiosmtpd's name
        parsed = email.message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(SimpleNamespace(to=envelope.rcpt_tos, sender=envelope.mail_from, mail=parsed))
        self.encrypted.append(session.ssl is not None)
        return "250 taken"

    def authenticate(self, _server, _session, _envelope, mechanism, data):
        if mechanism not in {"PLAIN", "LOGIN"}:
            return AuthResult(success=False, handled=False)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"secret")


class AnyPort(Controller):
    """Takes a free port; aiosmtpd looks whether it answers there."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def serve(tmp_path):
    """Start a mail server; gives its port and its inbox."""
    running = []

    def start(security="none", *, login=False):
        inbox = Inbox()
        context = serving(self_signed(tmp_path, "mail")[0])
        tls = {"ssl_context": context} if security == "tls" else {}
        start_tls = {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
        auth = {"authenticator": inbox.authenticate, "auth_required": login, "auth_require_tls": False} if login else {}
        controller = AnyPort(inbox, hostname="127.0.0.1", port=0, **tls, **start_tls, **auth)
        controller.start()
        running.append(controller)
        return controller.port, inbox

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def site(bench, monkeypatch):
    """The linkage with pages that can be changed; the picture is that of the camera that was asked for."""
    asked = []

    async def still(_instance, channel, _stream, at_us, _width):
        asked.append((channel, at_us))
        return StillAnswer(1, 77, JPEG + bytes([channel]))

    monkeypatch.setattr(mails, "still_at", still)
    around = SimpleNamespace(settings=bench.settings, clock=bench.clock, instance=bench.instance)
    bench.change(Mail, host="127.0.0.1", sender="nvr@example.org", recipients="ada@example.org, bob@example.org")
    return SimpleNamespace(bench=bench, linkage=SendMail(around, bench.engine), asked=asked)


def event(site, words="Gate gives no picture.", channel=3, **values):
    site.bench.change(VideoLoss, str(channel), anti_dither_s=0, mail=True, **values)
    occurrence = site.bench.engine.begin(VideoLoss, str(channel), words=words, channel=channel)
    site.bench.engine.end(VideoLoss, str(channel))
    return occurrence, site.bench.rules.get(VideoLoss, str(channel))


@pytest.mark.covers("D-LINK-05", "V-ALM-28")
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_a_mail_arrives_with_the_picture_of_its_camera(site, serve, security):
    port, inbox = serve(security, login=True)
    login = {"user": "nvr", "password": "secret", "check_certificate": False}
    site.bench.change(Mail, port=port, security=security, **login)
    await site.linkage.begin(*event(site))
    (came,) = inbox.mails
    assert (came.sender, came.to) == ("nvr@example.org", ["ada@example.org", "bob@example.org"])
    assert came.mail["Subject"] == "Nightjar: Gate gives no picture."
    assert "Camera: 3" in came.mail.get_body().get_content()
    (picture,) = came.mail.iter_attachments()
    assert (picture.get_content_type(), picture.get_content()) == ("image/jpeg", JPEG + b"\x03")
    assert inbox.logins == [(b"nvr", b"secret")]
    # To its TLS port nothing else comes through; aiosmtpd tells only of STARTTLS.
    assert inbox.encrypted == [security == "starttls"]


async def test_a_server_without_starttls_gets_neither_password_nor_mail(site, serve):
    port, inbox = serve("none", login=True)
    site.bench.change(Mail, port=port, security="starttls", user="nvr", password="secret", check_certificate=False)
    with pytest.raises(MailFailed, match="STARTTLS"):
        await site.linkage.begin(*event(site))
    assert (inbox.mails, inbox.logins) == ([], [])


async def test_a_certificate_that_nobody_vouches_for_gets_neither_password_nor_mail(site, serve):
    port, inbox = serve("starttls", login=True)
    site.bench.change(Mail, port=port, security="starttls", user="nvr", password="secret")
    with pytest.raises(MailFailed, match=r"(?i)certificate"):
        await site.linkage.begin(*event(site))
    assert (inbox.mails, inbox.logins) == ([], [])


async def test_a_wrong_password_is_told_and_is_in_no_words(site, serve):
    port, _inbox = serve("none", login=True)
    site.bench.change(Mail, port=port, security="none", user="nvr", password="wrong-one")
    with pytest.raises(MailFailed) as told:
        await site.linkage.begin(*event(site))
    assert "wrong-one" not in str(told.value)


async def test_foreign_words_inject_no_header_and_no_markup(site, serve):
    port, inbox = serve()
    site.bench.change(Mail, port=port, security="none")
    await site.linkage.begin(*event(site, words="x\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>"))
    (came,) = inbox.mails
    assert came.to == ["ada@example.org", "bob@example.org"]
    assert came.mail["Bcc"] is None
    assert [part.get_content_type() for part in came.mail.walk()] == ["multipart/mixed", "text/plain", "image/jpeg"]


async def test_of_one_kind_at_most_one_mail_in_the_interval_is_sent(site, serve):
    port, inbox = serve()
    site.bench.change(Mail, port=port, security="none")
    await site.linkage.begin(*event(site, mail_interval_s=60))
    with pytest.raises(Lacking):
        await site.linkage.begin(*event(site))
    await site.linkage.begin(*event(site, channel=4))
    site.bench.clock.advance(60)
    await site.linkage.begin(*event(site))
    assert len(inbox.mails) == 3


async def test_a_mail_that_failed_does_not_count_for_the_interval(site, serve):
    site.bench.change(Mail, port=1, security="none")
    with pytest.raises(MailFailed):
        await site.linkage.begin(*event(site, mail_interval_s=60))
    port, inbox = serve()
    site.bench.change(Mail, port=port, security="none")
    await site.linkage.begin(*event(site))
    assert len(inbox.mails) == 1


async def test_without_a_picture_the_mail_goes_all_the_same(site, serve, monkeypatch):
    port, inbox = serve()
    site.bench.change(Mail, port=port, security="none")

    async def fails(*_asked):
        raise NightjarError

    monkeypatch.setattr(mails, "still_at", fails)
    assert "without a picture" in await site.linkage.begin(*event(site))
    assert list(inbox.mails[0].mail.iter_attachments()) == []


@pytest.mark.covers("D-RULE-03")
async def test_without_a_mail_server_it_is_left_out(site):
    site.bench.change(Mail, host="")
    with pytest.raises(Lacking, match="page E-mail"):
        await site.linkage.begin(*event(site))


def test_the_button_sends_a_test_mail(site, serve):
    port, inbox = serve()
    page = Mail(host="127.0.0.1", port=port, security="none", sender="n@example.org", recipients="a@example.org")
    told = Mail.about.actions["send-test"].perform(page, Run(lambda *_said: None), None)
    assert told == {"words": "The mail server took it."}
    assert inbox.mails[0].mail["Subject"] == "Test"


@pytest.mark.parametrize("text", ["ada", "a@b, c", "a@b\r\nBcc: c@d", "<a@b>", "a@b c@d", "a@x,b@x," * 9, "a\x00@b"])
def test_what_is_no_address_is_refused(bench, text):
    with pytest.raises(BadSetting):
        bench.change(Mail, recipients=text)


def test_the_password_is_sealed_and_never_shown(bench):
    bench.change(Mail, password="secret-word")
    assert b"secret-word" not in (bench.instance.config / "settings.db").read_bytes()
    assert "secret-word" not in str(bench.settings.shown(bench.settings.get(Mail)))
    assert bench.settings.get(Mail).password == Secret("secret-word")


@pytest.mark.covers("D-LINK-05")
async def test_an_event_without_a_camera_is_mailed_with_the_cameras_that_its_rule_takes_pictures_of(site, serve):
    port, inbox = serve()
    site.bench.change(Mail, port=port, security="none")
    site.bench.change(InputAlarm, "IN1", mail=True, snapshot_channels=[2, 4])
    occurrence = site.bench.engine.begin(InputAlarm, "IN1", words="Active.")
    await site.linkage.begin(occurrence, site.bench.rules.get(InputAlarm, "IN1"))
    names = [one.get_filename() for one in inbox.mails[0].mail.iter_attachments()]
    assert names == ["camera-2.jpg", "camera-4.jpg"]
