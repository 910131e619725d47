"""An RTSP server (RFC 2326) for whoever has a `MediaLibrary`: simulated cameras now, re-streaming later."""
