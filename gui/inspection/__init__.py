"""Inspection: how complete the recordings of every channel are."""
