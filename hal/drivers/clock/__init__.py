"""Clocks that run on a battery."""
