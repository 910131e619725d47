"""Drivers of the kind array."""
