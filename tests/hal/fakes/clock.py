"""Monotonic seconds that only the test moves."""


class Clock:
    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s

    def sleep(self, seconds):
        self.now_s += seconds


def let_pass(device, clock, seconds):
    """Let time pass, and look at the device as its worker would."""
    end = clock.now_s + seconds
    beat = clock.now_s + (device.poll_s or float("inf"))
    while True:
        wanted = float("inf") if device.wanted_s is None else device.wanted_s
        due = max(min(wanted, beat), clock.now_s)
        if due > end:
            clock.now_s = end
            return
        clock.now_s = due
        if due >= beat:
            beat = due + device.poll_s
        device.wanted_s = None
        device.poll()
