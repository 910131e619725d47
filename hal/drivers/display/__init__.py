"""Connectors a monitor hangs on."""
