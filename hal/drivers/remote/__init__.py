"""Drivers of remotes, by chip or kernel interface."""
