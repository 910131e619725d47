"""Serving frames (`recorder.client.wire`) on a unix socket: who is there, what they say, and what waits for them."""
