"""Looks at accounts and settings for what is weak, and puts it into words for who asks (D-SEC-01)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
import psutil

from recorder.accounts.accounts import Accounts
from recorder.accounts.caller import Door
from recorder.accounts.refused_logins import LOGIN
from recorder.client.answers import ProcessInfo, Security
from recorder.client.clock import SECOND_US, Clock
from recorder.client.dates import Order, local, written
from recorder.client.errors import UNREADABLE
from recorder.client.instance import Instance
from recorder.client.status import MediaStatus
from recorder.client.strength import is_weak
from recorder.client.words import _
from recorder.control.channels import Channels
from recorder.control.security import security
from recorder.control.security_known import LEFT_AS_THEY_CAME, Account, CameraSeen, Known, Listening, OpenWay
from recorder.events.linkages.centre import AlarmCentre
from recorder.events.linkages.mail import Mail
from recorder.events.linkages.mail import Security as Protection
from recorder.events.linkages.mqtt import Mqtt
from recorder.events.linkages.push import PushServer
from recorder.events.linkages.trap import Snmp, Version
from recorder.events.linkages.webhook import WebhookOptions
from recorder.settings.audit import AuditRow, Sought
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.general import General
from recorder.settings.pages.log_server import LogServer
from recorder.settings.pages.login_rules import LoginRules
from recorder.settings.pages.pool import Pool
from recorder.settings.pages.restreaming import Restreaming
from recorder.settings.pages.security_advice import SecurityAdvice
from recorder.settings.pages.stream_user import StreamUser
from recorder.settings.registry import Registry
from recorder.settings.settings import Settings

DAY_US = 86_400 * SECOND_US
LOGINS_TOLD = 3
ENCRYPTED = frozenset({"web"})
"""Processes that take no connection without TLS."""
WORLD = frozenset({"panel", "simulate"})
"""What is not the recorder, but stands for the world around it on a laptop."""
MOST_ROWS = 200
"""Rows of the audit that are read for either list: more logins than anybody reads."""


class SecurityDesk:
    """Reads files and settings: called in a thread."""

    def __init__(
        self,
        instance: Instance,
        settings: Settings,
        accounts: Accounts,
        channels: Channels,
        clock: Clock,
        registry: Registry,
        media: Callable[[], MediaStatus | None],
        processes: Callable[[], Mapping[str, ProcessInfo]],
    ) -> None:
        self._instance = instance
        self._settings = settings
        self._accounts = accounts
        self._channels = channels
        self._clock = clock
        self._registry = registry
        self._media = media
        self._processes = processes

    def look(self, own: str) -> Security:
        """Look at everything; `own` is the user who asks."""
        settings, channels = self._settings, self._channels.all()
        general = settings.get(General)
        pools = [one.number for one in media.pools] if (media := self._media()) is not None else []
        return security(
            Known(
                time_us=self._clock.now_us(),
                own=own,
                accounts=self._users(),
                weak_rtsp=[
                    one.item
                    for one in settings.items(StreamUser)
                    if one.values.enabled and one.values.password and is_weak(one.values.password.reveal(), one.item)
                ],
                waiting=self._waiting(),
                online=len(self._accounts.sessions.all()),
                logins=self._logins(),
                refused=len(self._noted(LOGIN, self._clock.now_us() - DAY_US)),
                tries=settings.get(LoginRules).tries,
                listening=self._listening(),
                cameras=[_seen(number, one.values) for number, one in channels.items() if one.values.enabled],
                ways=self._ways(),
                pools=[
                    (str(number), Pool.item_title(str(number), page, ""))
                    for number in pools
                    if not (page := settings.get(Pool, str(number))).encrypted
                ],
                all_pools=len(pools),
                idle_min=general.idle_logout_min,
                visible=sum(number not in general.hidden_after_logout for number in channels),
                accepted=settings.get(SecurityAdvice).accepted,
            )
        )

    def _users(self) -> list[Account]:
        found: list[Account] = []
        for one in self._accounts.people.all():
            known = self._accounts.credential(one.name)
            if known is not None and one.enabled:
                second = self._accounts.second.is_on(one.name)
                found.append(Account(one.name, second, known.weak, known.must_change))
        return found

    def _waiting(self) -> list[str]:
        words = _("{user} from {place} for {minutes} min")
        locked = [(one.account, one.source, one.left_s) for one in self._accounts.lockout.locked()]
        blocks = self._accounts.blocks
        kept_out = [(one.user, one.source, blocks.left_s(one.user, one.source)) for one in blocks.all()]
        return [
            words.format(user=user, place=place, minutes=-(-left_s // 60)) for user, place, left_s in locked + kept_out
        ]

    def _logins(self) -> list[str]:
        date_time = self._settings.get(DateTime)
        zone, order = ZoneInfo(date_time.zone), Order(date_time.date_format)
        found: list[str] = []
        # The first word that a session is told by; ends of sessions stand there too.
        for row in self._noted("session", 0):
            if row.new == f'"{_("begun")}"':
                at = local(row.at_us, zone)
                found.append(f"{row.who} {written(at, order)} {at:%H:%M} {_place(row.source)}")
            if len(found) == LOGINS_TOLD:
                break
        return found

    def _noted(self, page: str, start_us: int) -> Sequence[AuditRow]:
        return self._settings.audit(Sought(start_us=start_us, page=page, limit=MOST_ROWS))

    def _listening(self) -> list[Listening]:
        with_tls = self._settings.get(Restreaming).tls_port
        found = listening(self._processes(), self._web_port())
        return [
            replace(one, encrypted=True) if one.process == "rtsp" and one.port == with_tls else one for one in found
        ]

    def _web_port(self) -> int:
        try:
            told = msgspec.json.decode((self._instance.run / "web.json").read_bytes(), type=dict[str, Any])
            return int(told["port"])
        except (OSError, KeyError, TypeError, ValueError, *UNREADABLE):
            return 0

    def _ways(self) -> list[OpenWay]:
        get = self._settings.get
        mail, mqtt, snmp = get(Mail), get(Mqtt), get(Snmp)
        centre, push, logs = get(AlarmCentre), get(PushServer), get(LogServer)
        found = [
            (Mail, mail.host and mail.security is Protection.NONE, _("E-mail")),
            (Mail, mail.host and not mail.check_certificate, _("E-mail, whatever its certificate")),
            (Mqtt, mqtt.host and not mqtt.tls, _("MQTT")),
            (Mqtt, mqtt.host and mqtt.tls and not mqtt.check_certificate, _("MQTT, whatever its certificate")),
            (Snmp, snmp.host and snmp.version is Version.V2C, _("SNMP")),
            (AlarmCentre, centre.host and not centre.key, _("Alarm centre")),
            (PushServer, urlsplit(push.server).scheme == "http", _("Push")),
            (LogServer, logs.host and not logs.tls, _("Log server")),
        ]
        ways = [OpenWay(page.about.name, words) for page, is_open, words in found if is_open]
        hooks = [page for page in self._registry if issubclass(page, WebhookOptions)]
        for page in hooks:
            for one in self._settings.items(page):
                values = one.values
                if values.webhook and values.webhook_url.startswith("http:"):
                    ways.append(
                        OpenWay(page.about.name, _("Web address of {rule}").format(rule=page.about.title), one.item)
                    )
        return ways


def _seen(number: int, values: Channel) -> CameraSeen:
    addresses = [one for one in (values.url, values.sub_url) if one]
    login = values.user, values.password.reveal() if values.password else ""
    return CameraSeen(
        number,
        values.name or _("Camera {number}").format(number=number),
        encrypted=all(urlsplit(one).scheme == "rtsps" for one in addresses),
        own_port=values.seat > 0,
        user=values.user,
        as_it_came=login in LEFT_AS_THEY_CAME,
    )


def listening(processes: Mapping[str, ProcessInfo], web_port: int = 0) -> list[Listening]:
    """Give the ports at which connections from other machines are taken, as the kernel tells them.

    Beside a supervisor, as on a laptop, only those of its `processes`; else the machine is ours, and all of them.
    """
    ours = {one.pid: name for name, one in processes.items()}
    found: set[tuple[str, int]] = set()
    for socket in psutil.net_connections("inet"):
        if socket.status != psutil.CONN_LISTEN or not socket.laddr or ip_address(socket.laddr.ip).is_loopback:
            continue
        port, name = socket.laddr.port, ours.get(socket.pid or 0, "")
        if name in WORLD or (ours and not name):
            continue
        found.add((name or ("web" if port == web_port else ""), port))
    return [Listening(name, port, encrypted=name in ENCRYPTED) for name, port in sorted(found)]


def _place(source: str) -> str:
    door, _colon, address = source.partition(":")
    return _("from {address}").format(address=address) if door == Door.WEB else _("at the recorder")
