"""Timers that reset the machine when nobody feeds them."""
