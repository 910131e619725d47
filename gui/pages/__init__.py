"""Pages of the local screen beside wall and playback."""
