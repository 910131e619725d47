"""Wait for the thing itself, with generous patience."""

import time

PATIENCE_S = 60


def until(happened):
    end_s = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end_s, "it did not happen"
        time.sleep(0.001)
