"""Sizes in words, for recorder and gui."""

from hal.sizes import size

__all__ = ["size"]
