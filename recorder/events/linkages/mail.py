"""Send an e-mail when an event begins, with its picture (D-LINK-05, D-NET-14, V-ALM-28)."""

import asyncio
import re
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator

from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.control.footage import still_at
from recorder.events.around import Around
from recorder.events.linkage import Lacking, Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence, pictured, plain
from recorder.settings.action import Run, action
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.pages.general import General
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.secret import Secret
from recorder.settings.texts import Printable

if TYPE_CHECKING:
    from recorder.events.engine import Engine

TIMEOUT_S = 20.0
AT_ONCE = 4
"""Threads of its own: those that all of control shares would be taken by a few mails to a server that hangs."""
"""Servers that delay their greeting on purpose do so for up to ten seconds."""
MOST_RECIPIENTS = 16
MOST_PICTURES = 4
"""Mail servers refuse what is larger than some 10 MB."""
LONGEST_INTERVAL_S = 86_400
SERVER = _("Server")
GROUP = _("E-mail")
# What is common to all mail systems of RFC 5321 §4.1.2, without quoted local parts and address literals.
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,255}")


class MailFailed(NightjarError):
    """The mail server took no mail."""

    status = 502
    words = _("The mail was not sent: {problem}")


def addresses(text: str) -> str:
    """Read e-mail addresses with commas between; raises `NotAllowed`."""
    found = [one.strip() for one in text.split(",") if one.strip()]
    if len(found) > MOST_RECIPIENTS:
        raise NotAllowed(_("These are too many."), _("up to {count} addresses").format(count=MOST_RECIPIENTS))
    for one in found:
        if not _ADDRESS.fullmatch(one) or not one.isprintable():
            raise NotAllowed(_("{text} is no e-mail address.").format(text=plain(one, 64)), _("such as me@example.org"))
    return ", ".join(found)


Addresses = Annotated[str, AfterValidator(addresses)]


class Security(StrEnum):
    """How the way to the mail server is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Mail(Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM, order=184, title=_("E-mail")):
    """The mail server, and who gets mail."""

    host: Printable = setting("", longest=253, title=_("Mail server"), group=SERVER, hint=_("Empty: no mail is sent."))
    port: int = setting(587, ge=1, le=65535, title=_("Port"), group=SERVER, hint=_("465 for TLS, 587 for STARTTLS."))
    security: Security = setting(
        Security.STARTTLS,
        title=_("Encryption"),
        group=SERVER,
        choices={"tls": "TLS", "starttls": "STARTTLS", "none": _("None: the password can be read on the way")},
    )
    check_certificate: bool = setting(True, title=_("Check its certificate"), group=SERVER)
    user: Printable = setting("", longest=128, title=_("User"), group=SERVER)
    password: Secret = setting(Secret(), title=_("Password"), group=SERVER)
    sender: Addresses = setting("", longest=254, title=_("Sender"))
    recipients: Addresses = setting("", longest=1000, title=_("Recipients"), hint=_("With commas between."))

    @property
    def complete(self) -> bool:
        """Whether mail can be sent."""
        return bool(self.host and self.sender)

    @action(title=_("Send a test mail"))
    def send_test(self, run: Run) -> dict[str, Any]:
        """Send a mail to all recipients, as an event would."""
        run.progress(0, 1, _("Sending"))
        if not self.complete or not self.recipients:
            raise MailFailed(problem=_("Mail server, sender and a recipient must be given."))
        text = _("This is the test mail of the recorder.")
        send(self, letter(self, self.recipients, _("Test"), text, datetime.now(UTC)))
        run.progress(1, 1, _("The mail server took it."))
        return {"words": _("The mail server took it.")}


class MailOptions(LinkageOptions):
    """To whom, and how often."""

    mail: bool = setting(False, title=_("Send an e-mail"), group=GROUP)
    mail_to: Addresses = setting(
        "", longest=1000, title=_("Recipients"), group=GROUP, hint=_("Empty: those of the page E-mail.")
    )
    mail_picture: bool = setting(True, title=_("With a picture"), group=GROUP)
    mail_interval_s: int = setting(
        60,
        ge=0,
        le=LONGEST_INTERVAL_S,
        title=_("At most one every"),
        unit="s",
        group=GROUP,
        hint=_("Further events of this kind within the time send no mail; they are listed."),
    )


class SendMail(Linkage[MailOptions]):
    """Sends in a thread: mail servers take their time."""

    name = "mail"
    title = _("E-mail")
    order = 60
    delays_s = (10.0, 60.0, 300.0)
    patience_s = 3 * TIMEOUT_S

    def __init__(self, around: Around, engine: "Engine") -> None:
        super().__init__(around, engine)
        self._sent_us: dict[tuple[str, str], int] = {}
        self._threads = ThreadPoolExecutor(AT_ONCE, "mail")

    async def begin(self, occurrence: Occurrence, page: MailOptions) -> str:
        """Send, unless one of this kind was sent just now."""
        server, name = await asyncio.to_thread(self._settings)
        to = page.mail_to or server.recipients
        if not server.complete or not to:
            raise Lacking(words=_("Mail server, sender and recipients are not set up on the page E-mail."))
        kind, now_us = occurrence.key[:2], self.around.clock.monotonic_us()
        before_us = self._sent_us.get(kind)
        if before_us is not None and now_us - before_us < page.mail_interval_s * SECOND_US:
            raise Lacking(words=_("One of this kind was sent just before."))
        at = datetime.fromtimestamp(occurrence.begin_us / SECOND_US, self.engine.rules.zone)
        mail = letter(server, to, f"{name}: {occurrence.words}", _text(name, occurrence, at), at)
        note = await self._add_pictures(mail, occurrence, page) if page.mail_picture else ""
        await asyncio.get_running_loop().run_in_executor(self._threads, send, server, mail)
        self._sent_us[kind] = now_us
        return note

    def _settings(self) -> tuple[Mail, str]:
        return self.around.settings.get(Mail), self.around.settings.get(General).recorder_name

    async def _add_pictures(self, mail: EmailMessage, occurrence: Occurrence, page: MailOptions) -> str:
        """Add the picture of the event's camera, or of those that its rule takes pictures of.

        Without them the mail goes all the same.
        """
        note = ""
        for channel in pictured(page, occurrence)[:MOST_PICTURES]:
            try:
                found = await still_at(self.around.instance, channel, StreamName.MAIN, occurrence.picture_us, 0)
            except NightjarError as error:
                note = _("It was sent without a picture: {problem}").format(problem=error)
                continue
            mail.add_attachment(found.jpeg, maintype="image", subtype="jpeg", filename=f"camera-{channel}.jpg")
        return note


def letter(server: Mail, to: str, subject: str, text: str, at: datetime) -> EmailMessage:
    """Write a mail: text alone, so that no markup of others is ever shown."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = server.sender, to, plain(subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2] or "recorder.invalid")
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: nobody's absence is answered to us
    mail.set_content(text)
    return mail


def send(server: Mail, mail: EmailMessage) -> None:
    """Hand a mail to the server; blocks for up to a minute; raises `MailFailed`."""
    context = ssl.create_default_context()
    if not server.check_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with _line(server, context) as line:
            if server.security is Security.STARTTLS:
                line.starttls(context=context)  # raises where it is not offered: the password is never sent in clear
            if server.user:
                line.login(server.user, server.password.reveal())
            line.send_message(mail)
    except (OSError, UnicodeError) as error:
        raise MailFailed(problem=plain(str(error)) or type(error).__name__) from error


def _line(server: Mail, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.security is Security.TLS:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)


def _text(name: str, occurrence: Occurrence, at: datetime) -> str:
    lines = [occurrence.words, "", _("Recorder: {name}").format(name=name)]
    lines.append(_("Time: {time}").format(time=at.strftime("%Y-%m-%d %H:%M:%S %Z")))
    if occurrence.channel:
        lines.append(_("Camera: {number}").format(number=occurrence.channel))
    return "\n".join([*lines, _("Event: {number}").format(number=occurrence.id), ""])
