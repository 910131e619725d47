"""Tell a broker of events, as sensors that Home Assistant finds by itself (MQTT 3.1.1).

For each rule that says so there is one sensor: `PREFIX/ID/SOURCE/ITEM/state` is `ON` while an event goes on, retained;
`…/event` has the last event as JSON. `PREFIX/ID/status` is `online`, or `offline` once the broker misses us. What Home
Assistant wants to know stands at `DISCOVERY/binary_sensor/ID/SOURCE_ITEM/config` (its page "MQTT Discovery").
"""

import asyncio
import json
import logging
import re
import secrets
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.broker import Broker
from recorder.events.linkage import Lacking, Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.events.template import values
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.pages.general import General
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.secret import Secret
from recorder.settings.texts import Printable

if TYPE_CHECKING:
    from recorder.events.engine import Engine

LOOK_S = 1.0
ID = "mqtt_id"
BROKER, PLACES = _("Broker"), _("Topics")
Sensor = tuple[str, str, str]
"""Source, item, title."""
log = logging.getLogger(__name__)


def topic(text: str) -> str:
    """Read the first levels of a topic; raises `NotAllowed` for what is a wildcard or reserved (MQTT 3.1.1 §4.7)."""
    if re.search(r"[+#$\0]", text) or text.startswith("/") or text.endswith("/") or "//" in text:
        raise NotAllowed(_("This is no topic."), _("words with / between, without + # $"))
    return text


def level(text: str) -> str:
    """Write a foreign name as one level of a topic that nothing else becomes."""
    return re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found[0]):x}_", text) or "recorder"


class Mqtt(Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM, order=186, title=_("MQTT")):
    """The broker that is told of events."""

    host: Printable = setting("", longest=253, title=_("Broker"), group=BROKER, hint=_("Empty: nobody is told."))
    port: int = setting(1883, ge=1, le=65535, title=_("Port"), group=BROKER, hint=_("8883 with TLS."))
    tls: bool = setting(False, title="TLS", group=BROKER)
    check_certificate: bool = setting(True, title=_("Check its certificate"), group=BROKER)
    user: Printable = setting("", longest=128, title=_("User"), group=BROKER)
    password: Secret = setting(Secret(), title=_("Password"), group=BROKER)
    prefix: Annotated[Printable, AfterValidator(topic)] = setting(
        "nightjar", shortest=1, longest=64, title=_("Topics begin with"), group=PLACES
    )
    discovery: Annotated[Printable, AfterValidator(topic)] = setting(
        "homeassistant", longest=64, title=_("Discovery"), group=PLACES, hint=_("For Home Assistant. Empty: none.")
    )


class MqttOptions(LinkageOptions):
    """Whether."""

    mqtt: bool = setting(False, title=_("Tell the MQTT broker"), group=_("MQTT"))


class TellMqtt(Linkage[MqttOptions]):
    """Stays connected; what was missed while the broker was away is put right when it is back."""

    name = "mqtt"
    title = _("MQTT")
    order = 80
    delays_s = (2.0, 10.0, 60.0)
    lasts = True

    def __init__(self, around: Around, engine: "Engine") -> None:
        super().__init__(around, engine)
        self._page = Mqtt()
        self._recorder = ""
        self._broker: Broker | None = None
        self._announced: frozenset[Sensor] = frozenset()
        self._busy = asyncio.Lock()

    def lacking(self, occurrence: Occurrence, page: MqttOptions) -> str:
        """A broker."""
        del occurrence, page
        return "" if self._broker is not None else _("No broker is set up on the page MQTT.")

    async def run(self) -> None:
        """Follow settings and the connection until cancelled."""
        try:
            while True:
                try:
                    await self._look()
                except NightjarError as error:
                    log.warning("%s", error)
                await asyncio.sleep(LOOK_S)
        finally:
            await self._close()

    async def begin(self, occurrence: Occurrence, page: MqttOptions) -> str:
        """Tell that it is so."""
        del page
        await self._tell(occurrence, over=False)
        return ""

    async def end(self, occurrence: Occurrence, page: MqttOptions) -> None:
        """Tell that it is no longer so."""
        del page
        await self._tell(occurrence, over=True)

    async def _look(self) -> None:
        page, general = await asyncio.to_thread(self._settings)
        sensors = frozenset(
            (rule.about.name, item, f"{rule.about.title} {item}".strip())
            for rule, item in self.engine.rules.wanting("mqtt")
        )
        async with self._busy:
            if page != self._page or general.recorder_name != self._recorder:
                await self._close()
                self._page, self._recorder = page, general.recorder_name
                if page.host:
                    root = await asyncio.to_thread(self._root)
                    self._broker = await asyncio.to_thread(Broker, page, f"{root}/status")
            broker = self._broker
            if broker is not None and broker.connected and (broker.anew or sensors != self._announced):
                broker.anew = False
                gone, self._announced = self._announced - sensors, sensors
                await asyncio.to_thread(self._announce, broker, sensors, gone)

    def _announce(self, broker: Broker, sensors: frozenset[Sensor], gone: frozenset[Sensor]) -> None:
        """Say which sensors there are, and how each is."""
        root, ours = self._root(), self._id()
        device = {"identifiers": [ours], "name": self._recorder, "manufacturer": "Nightjar"}
        for source, item, title in sensors | gone:
            place = f"{root}/{level(source)}/{level(item)}"
            config = {
                "name": title,
                "unique_id": f"{ours}_{level(source)}_{level(item)}",
                "state_topic": f"{place}/state",
                "json_attributes_topic": f"{place}/event",
                "availability_topic": f"{root}/status",
                "device": device,
            }
            there = (source, item, title) in sensors
            if self._page.discovery:
                where = f"{self._page.discovery}/binary_sensor/{ours}/{level(source)}_{level(item)}/config"
                broker.publish(where, json.dumps(config) if there else "")
            broker.publish(f"{place}/state", self._state(source, item) if there else "")
        broker.publish(f"{root}/status", "online")

    async def _tell(self, occurrence: Occurrence, *, over: bool) -> None:
        broker = self._broker
        if broker is None:
            raise Lacking(words=_("No broker is set up on the page MQTT."))
        source, item, _part = occurrence.key
        place = f"{await asyncio.to_thread(self._root)}/{level(source)}/{level(item)}"
        told = json.dumps(values(occurrence, self._recorder, over=over))
        await asyncio.to_thread(broker.publish, f"{place}/event", told)
        await asyncio.to_thread(broker.publish, f"{place}/state", self._state(source, item))

    def _state(self, source: str, item: str) -> str:
        """By what goes on now, not by who tells it: the last word is always true."""
        return "ON" if any(one.key[:2] == (source, item) for one in self.engine.going_on) else "OFF"

    def _settings(self) -> tuple[Mqtt, General]:
        return self.around.settings.get(Mqtt), self.around.settings.get(General)

    def _root(self) -> str:
        return f"{self._page.prefix}/{self._id()}"

    def _id(self) -> str:
        """The name of this recorder among others; drawn once."""
        found = self.engine.store.noted(ID)
        if not found:
            found = f"nightjar-{secrets.token_hex(4)}"
            self.engine.store.note(ID, found)
        return found

    async def _close(self) -> None:
        if self._broker is not None:
            broker, self._broker = self._broker, None
            await asyncio.to_thread(broker.close)
        self._announced = frozenset()
