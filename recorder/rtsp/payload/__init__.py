"""Payload formats: access units from RTP packets and back, one file each."""
