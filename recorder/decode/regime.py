"""The ways of playing: on or back, every picture or key frames alone, and how footage is read in each."""

from recorder.client.tap import Mode

KEYS_ONLY_FROM = 8.0
"""From so many times real time on, either way, key frames alone are read and shown."""
MODES = {"on": Mode.ALL, "keys": Mode.KEY, "back": Mode.REVERSE, "back_keys": Mode.REVERSE_KEY}
"""How footage is read in each way of playing."""


def regime(speed: float) -> str:
    """Give the way in which something is played at a speed."""
    if speed < 0:
        return "back_keys" if -speed >= KEYS_ONLY_FROM else "back"
    return "keys" if speed >= KEYS_ONLY_FROM else "on"
