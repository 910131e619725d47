"""Drivers of PoE supplies, one chip or family per file."""
