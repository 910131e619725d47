"""A contact at a GPIO line of the kernel, found by its name, debounced by the kernel."""

from hal.buses.gpio import QUEUED_EVENTS, Bias, GpioLine, watch_line
from hal.kinds.alarm_input import STUCK_AFTER_S, AlarmInput, InputRole
from hal.machine import Machine

LOOK_S = 10.0
"""How often the level is read although no edge was told: what the kernel dropped is seen then at the latest."""


class GpioAlarmInput(AlarmInput):
    """A contact that pulls a line. `active_low`: a closed contact makes the line low."""

    poll_s = LOOK_S

    def __init__(
        self,
        name: str,
        machine: Machine,
        line: str,
        role: InputRole = InputRole.ALARM,
        *,
        active_low: bool = True,
        bias: Bias = "",
        debounce_ms: float = 20.0,
        normally_closed: bool = False,
        stuck_after_s: float = STUCK_AFTER_S,
    ) -> None:
        super().__init__(name, machine, role=role, normally_closed=normally_closed, stuck_after_s=stuck_after_s)
        self._machine = machine
        self._named = line
        self._level = (active_low, debounce_ms, bias)
        self._line: GpioLine | None = None
        self._sequence = 0
        self.model = f"GPIO line {line}"

    def open(self) -> None:
        """Ask for the line's edges and read its level."""
        active_low, debounce_ms, bias = self._level
        line = watch_line(self._machine, self._named, active_low=active_low, debounce_ms=debounce_ms, bias=bias)
        self._line, self._sequence = line, 0
        self.saw(contact_closed=line.value(), online=True)

    def close(self) -> None:
        """Let go of the line."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def fileno(self) -> int | None:
        """Give the line's descriptor."""
        return None if self._line is None else self._line.fileno()

    def readable(self) -> None:
        """Tell every edge; where the kernel dropped some, the level."""
        if self._line is None:
            return
        events = self._line.events()
        dropped = len(events) >= QUEUED_EVENTS  # the queue was full: whatever came then is not in it
        for event in events:
            dropped = dropped or event.sequence != self._sequence + 1
            self._sequence = event.sequence
            self.saw(contact_closed=event.rising)
        if dropped:
            self.saw(contact_closed=self._line.value())

    def poll(self) -> None:
        """Read the level, and see whether the input is stuck."""
        if self._line is not None:
            self.readable()
            self.saw(contact_closed=self._line.value())
        super().poll()


DRIVER = GpioAlarmInput
