"""Being woken at once on a busy machine: a short time slice, which the kernel's scheduler takes for haste.

Since Linux 6.12 a process may choose its slice (sched_setattr(2), `sched_runtime`); who asks for little at a time gets
it sooner, and no more of the processor in all. It needs no rights. Older kernels ignore it.
"""

import contextlib
import ctypes
import os
import platform
import struct

SLICE_NS = 100_000
"""The shortest slice that the kernel takes: 0.1 ms. A request takes less."""

_NUMBERS = {"x86_64": 314, "aarch64": 274}
_ATTRIBUTES = struct.Struct("=IIQiIQQQ")
"""struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period."""


def be_prompt() -> bool:
    """Ask for short slices for this thread and those it starts; gives whether the kernel took it."""
    number = _NUMBERS.get(platform.machine())
    if number is None:
        return False
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    attributes = _ATTRIBUTES.pack(_ATTRIBUTES.size, os.SCHED_OTHER, 0, nice, 0, SLICE_NS, 0, 0)
    with contextlib.suppress(OSError, AttributeError):
        return ctypes.CDLL(None, use_errno=True).syscall(number, 0, attributes, 0) == 0
    return False
