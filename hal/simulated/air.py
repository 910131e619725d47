"""The air that the simulated fans of one board move."""

from hal.machine import Machine


class Air:
    """How much of all possible air is moved, from 0 to 1."""

    def __init__(self) -> None:
        self._shares: dict[str, float] = {}

    def blow(self, fan: str, share: float) -> None:
        """Let a fan move this share of what it can."""
        self._shares[fan] = share

    @property
    def share(self) -> float:
        """How much all fans move together; without a fan there is none."""
        return sum(self._shares.values()) / len(self._shares) if self._shares else 0.0


def air_of(machine: Machine) -> Air:
    """Give the one air of this machine."""
    air = machine.world.setdefault("air", Air())
    assert isinstance(air, Air)
    return air
