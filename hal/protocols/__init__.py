"""Wire formats without I/O: frames from requests, answers from bytes."""
