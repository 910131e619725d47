"""Drivers of the kind disk."""
