"""The local monitor: presenter, toolkit, pages."""

import os

# pygame greets on standard output, where only "ready" belongs.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
