"""Drivers of indicators, by chip or kernel interface."""
