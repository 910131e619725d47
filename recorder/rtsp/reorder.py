"""A small window in which datagrams may overtake each other; what does not come within it is lost."""

from recorder.client.clock import SECOND_US

MOST_HELD = 64
LONGEST_WAIT_US = SECOND_US // 10
Held = tuple[int, int, int, int, int, memoryview]
"""A packet as `Reception.packet` takes it."""


class ReorderWindow:
    """Packets that came before one they follow, by sequence number, copied."""

    def __init__(self) -> None:
        self.held: dict[int, Held] = {}
        self._since_us = 0

    @property
    def full(self) -> bool:
        """No more is held; the oldest hole is to be given up."""
        return len(self.held) >= MOST_HELD

    def hold(self, sequence: int, packet: Held, arrived_us: int) -> None:
        """Keep a copy of a packet for later."""
        if not self.held:
            self._since_us = arrived_us
        self.held[sequence] = *packet[:5], memoryview(bytes(packet[5]))

    def take(self, sequence: int, now_us: int) -> Held | None:
        """Give the packet of this number, if it is held; those still waiting then wait anew."""
        found = self.held.pop(sequence, None)
        if found:
            self._since_us = now_us
        return found

    def nearest(self, sequence: int) -> int:
        """Give the number held that comes first from this one on."""
        return min(self.held, key=lambda one: (one - sequence) & 0xFFFF)

    def overdue(self, now_us: int) -> bool:
        """Tell whether packets are held for longer than one waits for others."""
        return bool(self.held) and now_us - self._since_us >= LONGEST_WAIT_US

    def clear(self) -> None:
        """Forget everything."""
        self.held.clear()
