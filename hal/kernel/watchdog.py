"""Requests of the watchdog device (linux/watchdog.h)."""

SET_OPTIONS = 0x80045704
KEEP_ALIVE = 0x80045705
SET_TIMEOUT = 0xC0045706

DISABLE_CARD = 1
CARD_RESET = 0x20
"""Boot status: the last reset was the watchdog's."""
MAGIC_CLOSE = b"V"
"""Written before closing, it stops the timer where the driver allows that."""
