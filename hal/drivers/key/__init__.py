"""Drivers of keys, by chip or kernel interface."""
