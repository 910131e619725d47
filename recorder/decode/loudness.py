"""How loud a sound is: the power of half a second, and of the loudest tenth of a second in it, in dB of full scale."""

import math
from dataclasses import dataclass

import numpy as np

from recorder.decode.sound_decoder import Wave

WHOLE_S, PART_S = 0.5, 0.1
SILENT_DB = -96.0
"""No lower is told: digital silence."""


@dataclass(frozen=True)
class Loud:
    """Of half a second. 0 dB is the power of a square wave of full scale; a sine of full scale has -3 dB."""

    level_db: float
    peak_db: float


class Loudness:
    """Takes waves as they come; gives a `Loud` for each half second that is whole."""

    def __init__(self) -> None:
        self._power = 0.0
        self._samples = 0
        self._parts: list[float] = []

    def add(self, wave: Wave, rate_hz: int) -> list[Loud]:
        """Take a wave, of some milliseconds mostly. What is no number counts as full scale."""
        part = max(1, round(rate_hz * PART_S))
        found: list[Loud] = []
        at = 0
        while at < len(wave):
            piece = wave[at : at + part - self._samples]
            power = float(np.dot(piece, piece))
            self._power += power if math.isfinite(power) else float(len(piece))
            self._samples += len(piece)
            at += len(piece)
            if self._samples >= part:
                self._parts.append(self._power / self._samples)
                self._power, self._samples = 0.0, 0
            if len(self._parts) * PART_S >= WHOLE_S - PART_S / 2:
                parts, self._parts = self._parts, []
                found.append(Loud(decibels(sum(parts) / len(parts)), decibels(max(parts))))
        return found


def decibels(power: float) -> float:
    """Give a power, 1 being full scale, in dB, with a tenth."""
    return round(max(SILENT_DB, 10 * math.log10(power)), 1) if power > 0 else SILENT_DB
