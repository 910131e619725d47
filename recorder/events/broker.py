"""A connection to an MQTT broker, kept by Paho in a thread of its own."""

import contextlib
import ssl
from typing import TYPE_CHECKING, Any, Protocol

from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.events.occurrence import plain
from recorder.settings.secret import Secret

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessageInfo

KEEPALIVE_S = 30
ANSWER_S = 8.0
LONGEST_PAUSE_S = 30
AT_LEAST_ONCE = 1


class MqttFailed(NightjarError):
    """The broker was not told."""

    status = 502
    words = _("The MQTT broker was not told: {problem}")


class Address(Protocol):
    """Where a broker is, and who we are there."""

    host: str
    port: int
    tls: bool
    check_certificate: bool
    user: str
    password: Secret


class Broker:
    """Connects and reconnects by itself; `anew` says that it did since somebody set it back."""

    def __init__(self, address: Address, status_topic: str) -> None:
        """`status_topic` says `offline` once the broker misses us. Not for the event loop: Paho is read here."""
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.anew = False
        self._problem = _("it does not answer")
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.will_set(status_topic, "offline", AT_LEAST_ONCE, retain=True)
        self._client.reconnect_delay_set(1, LONGEST_PAUSE_S)
        self._status_topic = status_topic
        if address.user:
            self._client.username_pw_set(address.user, address.password.reveal())
        if address.tls:
            context = ssl.create_default_context()
            if not address.check_certificate:
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self._client.tls_set_context(context)
        self._client.on_connect = self._on_connect
        self._client.connect_async(address.host, address.port, KEEPALIVE_S)
        self._client.loop_start()

    @property
    def connected(self) -> bool:
        """Whether the broker is there now."""
        return self._client.is_connected()

    def publish(self, topic: str, text: str) -> None:
        """Tell, retained, and wait until the broker has it; raises `MqttFailed`."""
        if not self.connected:
            raise MqttFailed(problem=self._problem)
        told: MQTTMessageInfo = self._client.publish(topic, text, AT_LEAST_ONCE, retain=True)
        try:
            told.wait_for_publish(ANSWER_S)
            done = told.is_published()
        except (RuntimeError, ValueError) as error:
            raise MqttFailed(problem=plain(str(error))) from error
        if not done:
            raise MqttFailed(problem=_("it did not confirm in time"))

    def close(self) -> None:
        """Say good-bye."""
        with contextlib.suppress(MqttFailed):
            self.publish(self._status_topic, "offline")
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, _client: "Client", _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._problem = plain(str(reason))
        else:
            self._problem = _("it does not answer")
            self.anew = True
