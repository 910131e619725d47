"""Drivers of the kind bay."""
