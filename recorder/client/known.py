"""Classes that messages are decoded to, known to msgspec before there are threads.

msgspec learns what a class holds at its first use. Where two threads are first at once one of them meets half of it
and the process dies (seen with 0.22: SIGSEGV in control as it started). So every process calls `know` before there
are any.
"""

import contextlib
import dataclasses
import sys
from types import ModuleType

import msgspec

OURS = ("recorder.", "hal.", "gui.")


def know() -> None:
    """Let msgspec learn every dataclass and struct of our modules that are loaded by now."""
    for name, module in tuple(sys.modules.items()):
        if name.startswith(OURS):
            know_module(module)


def know_module(module: ModuleType) -> None:
    """Let msgspec learn the classes that a module defines; those it cannot decode are nobody's messages."""
    for found in tuple(vars(module).values()):
        if isinstance(found, type) and (dataclasses.is_dataclass(found) or issubclass(found, msgspec.Struct)):
            with contextlib.suppress(TypeError, NameError):
                msgspec.json.Decoder(found)
