"""What sources look at and linkages act on: the rest of control, as far as events need it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recorder.accounts.accounts import Accounts
from recorder.client.answers import Trouble
from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.client.status import MediaStatus
from recorder.control.detect_link import DetectLink
from recorder.control.domes import Domes
from recorder.control.events import Events
from recorder.control.hardware import Hardware
from recorder.control.pictures import Pictures
from recorder.control.poe import Poe
from recorder.control.seats import Seats
from recorder.control.terminals import Terminals
from recorder.control.voices import Voices
from recorder.events.messages import Messages
from recorder.events.toured import Toured
from recorder.media.plan import Plan
from recorder.settings.settings import Settings


@dataclass(frozen=True)
class Around:
    """The recorder as seen from an event; everything belongs to the event loop of control."""

    instance: Instance
    clock: Clock
    settings: Settings
    accounts: Accounts
    bus: Events
    """Tells API clients and the screen."""
    hardware: Hardware
    terminals: Terminals
    domes: Domes
    poe: Poe
    seats: Seats
    pictures: Pictures
    detect: DetectLink
    """What is seen in the pictures of all channels."""
    messages: Messages
    """What the local screen shows for a moment."""
    voices: Voices
    """What the recorder says."""
    toured: Toured
    """Which cameras it shows on behalf of events."""
    media: Callable[[], MediaStatus | None]
    """What media told last; None while it does not answer."""
    plan: Callable[[], Plan]
    troubles: Callable[[], Sequence[Trouble]]
    """What is wrong with the machine underneath."""
