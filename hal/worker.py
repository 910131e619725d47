"""One thread per bus: opens, polls and asks the devices that share it, so that one that hangs holds up no other."""

import contextlib
import logging
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from hal.errors import HalError, Offline, words_of
from hal.kinds.device import Device

AGAIN_S = 10.0
"""How long a device that failed is left alone before it is opened again."""
HANGS_AFTER_S = 3.0
"""How long one call into a driver may take before its bus counts as hanging. Verbs with more patience say so."""
MOST_WAITING = 64
"""How many requests wait for one bus; more are refused, since the bus cannot keep up."""

log = logging.getLogger("hal")
Job = Callable[[], Any]


class Worker:
    """The thread of one bus. Requests are answered in their order; descriptors and polls come between them."""

    def __init__(
        self, bus: str, devices: Sequence[Device[Any]], monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.bus = bus
        self.devices = tuple(devices)
        self._monotonic_s = monotonic_s
        self._jobs: deque[tuple[Job, Future[Any], float]] = deque()
        self._due: dict[Device[Any], float] = {}
        self._poller = select.poll()
        self._watched: dict[int, Device[Any]] = {}
        self.opened = threading.Event()
        """Set when every device was opened once, or failed to."""
        self._ended = False
        self._busy: tuple[float, float] | None = None
        self._pipe: tuple[int, int] | None = None
        self._piping = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"hal-{bus}", daemon=True)

    def start(self) -> None:
        """Open all devices, in the thread."""
        self._pipe = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._thread.start()

    def stop(self, patience_s: float = 2.0) -> None:
        """Close all devices; gives up on a bus that hangs."""
        self._ended = True
        self._wake()
        if self._thread.ident is not None:
            self._thread.join(patience_s)

    def ask(self, job: Job, patience_s: float = HANGS_AFTER_S) -> Future[Any]:
        """Run a job in the thread; the future gets what it returns or raises."""
        asked: Future[Any] = Future()
        if self.hangs_s is not None:
            asked.set_exception(Offline(self.words))
        elif len(self._jobs) >= MOST_WAITING:
            asked.set_exception(Offline(f"{self.bus} is busy: {MOST_WAITING} requests wait already"))
        else:
            self._jobs.append((job, asked, patience_s))
            self._wake()
        return asked

    @property
    def hangs_s(self) -> float | None:
        """For how many seconds a call into a driver has overrun its patience; None while all is well."""
        if (busy := self._busy) is None:
            return None
        began, patience_s = busy
        took = self._monotonic_s() - began
        return took if took > patience_s else None

    @property
    def words(self) -> str:
        """Say that the bus hangs."""
        return f"{self.bus} does not answer"

    def _wake(self) -> None:
        with self._piping, contextlib.suppress(BlockingIOError):
            if self._pipe is not None:
                os.write(self._pipe[1], b"w")

    def _run(self) -> None:
        assert self._pipe is not None
        ear, mouth = self._pipe
        self._poller.register(ear, select.POLLIN)
        for device in self.devices:
            self._open(device)
        self.opened.set()
        while not self._ended:
            self._wait(ear)
            self._answer()
            now = self._monotonic_s()
            for device in self.devices:
                if self._due_s(device) <= now:
                    self._look(device)
        for device in self.devices:
            self._close(device)
            if device.state.online:
                device.go_offline("closed")
        for _job, asked, _patience in self._jobs:
            asked.set_exception(Offline("The hardware service ends"))
        with self._piping:
            self._pipe = None
            os.close(ear)
            os.close(mouth)

    def _wait(self, ear: int) -> None:
        self._watch()
        now = self._monotonic_s()
        rest_s = 0.0 if self._jobs else min((self._due_s(device) - now for device in self.devices), default=AGAIN_S)
        for descriptor, event in self._poller.poll(min(max(0.0, rest_s), AGAIN_S) * 1000):
            if descriptor == ear:
                os.read(ear, 4096)
            elif device := self._watched.get(descriptor):
                if event & select.POLLNVAL:
                    self._forget(device)
                # What a device before it in this round did may have closed its descriptor.
                if device.state.online and device.fileno() == descriptor:
                    self._guarded(device, device.readable)

    def _due_s(self, device: Device[Any]) -> float:
        """When to look at a device next: by its beat, or sooner where it asked for that."""
        due_s = self._due.get(device, float("inf"))
        wanted_s = device.wanted_s if device.state.online else None
        return due_s if wanted_s is None else min(due_s, wanted_s)

    def _watch(self) -> None:
        """Listen to the descriptors that the devices have now; what they did may have changed them."""
        for device in self.devices:
            if not device.state.online and device not in self._due:
                # It went offline by itself, while it was asked something.
                self._due[device] = self._monotonic_s() + AGAIN_S
            descriptor = device.fileno() if device.state.online else None
            if descriptor is not None and self._watched.get(descriptor) is device:
                continue
            self._forget(device)
            if descriptor is not None:
                self._watched[descriptor] = device
                self._poller.register(descriptor, select.POLLIN)

    def _answer(self) -> None:
        while self._jobs and not self._ended:
            job, asked, patience_s = self._jobs.popleft()
            if not asked.set_running_or_notify_cancel():
                continue
            self._busy = (self._monotonic_s(), patience_s)
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - whoever asked gets it
                asked.set_exception(error)
            else:
                asked.set_result(result)
            finally:
                self._busy = None

    def _look(self, device: Device[Any]) -> None:
        if not device.state.online:
            self._open(device)
            return
        device.wanted_s = None
        if self._guarded(device, device.poll) and device.poll_s is not None:
            self._due[device] = self._monotonic_s() + device.poll_s

    def _open(self, device: Device[Any]) -> None:
        self._forget(device)
        if not self._guarded(device, device.open) or not device.state.online:
            self._due[device] = self._monotonic_s() + AGAIN_S
            return
        if device.poll_s is not None:
            self._due[device] = self._monotonic_s() + device.poll_s
        else:
            self._due.pop(device, None)

    def _guarded(self, device: Device[Any], step: Job) -> bool:
        """Take one step of a device; a failure makes it offline, and it is opened again later."""
        self._busy = (self._monotonic_s(), max(HANGS_AFTER_S, device.look_s))
        try:
            step()
        except (HalError, OSError) as error:
            self._failed(device, words_of(error))
        except Exception:
            log.exception("%s %s: a mistake in its driver", device.kind, device.name)
            self._failed(device, "a mistake in its driver; see the log")
        else:
            return True
        finally:
            self._busy = None
        return False

    def _failed(self, device: Device[Any], reason: str) -> None:
        if device.state.reason != reason:
            log.warning("%s %s is offline: %s", device.kind, device.name, reason)
        self._forget(device)
        self._close(device)
        device.go_offline(reason)
        self._due[device] = self._monotonic_s() + AGAIN_S

    def _close(self, device: Device[Any]) -> None:
        try:
            device.close()
        except Exception:
            log.exception("%s %s could not be closed", device.kind, device.name)

    def _forget(self, device: Device[Any]) -> None:
        for descriptor in [number for number, watched in self._watched.items() if watched is device]:
            del self._watched[descriptor]
            with contextlib.suppress(KeyError, OSError, ValueError):
                self._poller.unregister(descriptor)
