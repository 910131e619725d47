"""Simulated cameras: rendered scenes, encoded once, served by our own RTSP server as real cameras would."""
