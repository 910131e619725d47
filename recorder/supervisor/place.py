"""What one run needs before its processes start: the data directory for itself alone, a log, a first disk."""

import fcntl
import logging
import logging.handlers
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager

from recorder.client.errors import NightjarError
from recorder.client.instance import Instance, private_directory
from recorder.client.words import _

# The simulated disk of a laptop: at most 10 GB, and never more than half of what is free.
DISK_BYTES = 10 << 30
BLOCK_BYTES = 64 << 20
SMALLEST_DISK_BYTES = 8 * BLOCK_BYTES
LOG_BYTES = 5 << 20


class AlreadyRunning(NightjarError):
    """The data directory is in use."""

    status = 409
    words = _("Nightjar already runs in {data} (process {pid}). Stop it first, or choose another --data.")


class NoRoom(NightjarError):
    """There is not enough disk space for a first recording disk."""

    status = 507
    words = _("{path} has {free_mb} MB free, and a recording disk needs {need_mb} MB. Free some, or choose --data.")


@contextmanager
def only_one(instance: Instance) -> Generator[None]:
    """Hold the data directory; raises `AlreadyRunning`."""
    handle = os.open(instance.run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
            raise AlreadyRunning(data=instance.data, pid=pid) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def first_disk(instance: Instance, largest_bytes: int = DISK_BYTES) -> None:
    """Make the simulated recording disk where there is none yet; raises `NoRoom`."""
    pulled = instance.data / "hardware" / "shelf"  # where simulated disks lie that a hand pulled
    if any(place.is_dir() and any(place.iterdir()) for place in (instance.disks, pulled)):
        return
    from recorder.store import initialise_disk  # takes a tenth of a second to load, and is needed once

    private_directory(instance.disks)
    free = shutil.disk_usage(instance.disks).free
    size = min(largest_bytes // BLOCK_BYTES * BLOCK_BYTES, free // 2 // BLOCK_BYTES * BLOCK_BYTES)
    if size < SMALLEST_DISK_BYTES:
        raise NoRoom(path=instance.disks, free_mb=free >> 20, need_mb=2 * SMALLEST_DISK_BYTES >> 20)
    initialise_disk(instance.disks / "disk1", size_bytes=size, block_bytes=BLOCK_BYTES, name="disk1")


def log_to(instance: Instance) -> None:
    """Send the log to standard error and to a file that never grows over 15 MB in all."""
    folder = private_directory(instance.data / "log")
    kept = logging.handlers.RotatingFileHandler(folder / "nightjar.log", maxBytes=LOG_BYTES, backupCount=2)
    for handler in (logging.StreamHandler(), kept):
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)-9s %(message)s"))
        logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
