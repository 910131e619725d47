"""Drivers of buzzers, by chip or kernel interface."""
