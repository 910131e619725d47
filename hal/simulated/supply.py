"""A supply with a plug that can be pulled, and perhaps a battery that empties meanwhile."""

from typing import Annotated

import msgspec

from hal.kinds.supply import PowerSource, Supply, SupplyState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable

LOW_PERCENT = 20.0
CHARGES_TIMES_SLOWER = 10


class SimulatedSupply(Breakable[SupplyState], Supply):
    """A supply. With `battery_s` it is a UPS that lasts so long when full."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        battery_s: Annotated[int, msgspec.Meta(ge=0)] = 0,
        load_percent: float = 30.0,
    ) -> None:
        super().__init__(name)
        self._monotonic_s = machine.monotonic_s
        self._battery_s = battery_s
        self._load_percent = load_percent
        self._left_s = float(battery_s)
        self._plugged = True
        self._seen_s = 0.0

    def open(self) -> None:
        """Begin to look."""
        self.require_whole()
        self._seen_s = self._monotonic_s()
        self.come_online(**self._look())

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """Let the battery empty or fill for the time that has passed."""
        now_s = self._monotonic_s()
        passed_s, self._seen_s = now_s - self._seen_s, now_s
        if self._plugged:
            self._left_s = min(self._battery_s, self._left_s + passed_s / CHARGES_TIMES_SLOWER)
        else:
            self._left_s = max(0.0, self._left_s - passed_s)
        self.change(**self._look())

    @gesture
    def plug(self, *, plugged: bool) -> None:
        """Pull the mains plug, or put it back."""
        self.poll()
        self._plugged = plugged
        self.change(**self._look())

    def _look(self) -> dict[str, object]:
        if not self._battery_s:
            return {"source": PowerSource.MAINS if self._plugged else PowerSource.NOTHING}
        charge = 100 * self._left_s / self._battery_s
        on_battery = PowerSource.BATTERY if self._left_s else PowerSource.NOTHING
        return {
            "source": PowerSource.MAINS if self._plugged else on_battery,
            "charge_percent": round(charge, 1),
            "runtime_s": round(self._left_s),
            "load_percent": self._load_percent,
            "low_battery": charge < LOW_PERCENT,
        }


DRIVER = SimulatedSupply
