"""Playback: finding recorded moments, watching them, taking them away."""
