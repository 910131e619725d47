"""Updating the recorder's own firmware: a state machine on disk, its sources, and the gate before it is good."""
