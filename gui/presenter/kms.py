"""One graphics card of the kernel: which monitors hang on it, memory for pictures, and what is shown where.

Dumb buffers need no driver outside the kernel and no GPU; every driver with a monitor has them.
"""

import ctypes
import fcntl
import mmap
import os
import select
import struct
from ctypes import c_uint32
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from gui.presenter import kms_numbers as kms
from gui.presenter.scanout import Scanout

FLIP_S = 0.2
"""A flip is over by the monitor's next picture; a card that says nothing for so long is not waited for."""
EVENT = struct.Struct("=II")
Asked = TypeVar("Asked", bound="ctypes.Structure | c_uint32")
MOST = 64
"""Connectors, modes and the like that are looked at of each kind; a card that tells more is not believed."""


@dataclass(frozen=True)
class Monitor:
    """What hangs on a connector; `crtcs` can feed it."""

    connector: int
    modes: tuple[kms.Mode, ...]
    crtcs: tuple[int, ...]


@dataclass(frozen=True)
class Picture:
    """Memory of the card for one picture, which it can show as `framebuffer`."""

    framebuffer: int
    handle: int
    memory: Scanout
    mapped: mmap.mmap = field(repr=False)


class Card:
    """An open /dev/dri/cardN. Calls raise OSError where the kernel refuses or the card is gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        self._crtcs: tuple[int, ...] = ()
        try:
            # Whoever opens a card first is its master; a screen that starts again asks for what its last life had.
            fcntl.ioctl(self._descriptor, kms.SET_MASTER)
        except PermissionError:
            pass
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Give the card back; the kernel's console has the monitor again."""
        os.close(self._descriptor)

    def monitors(self) -> list[Monitor]:
        """Ask every connector what hangs on it; takes up to 0.1 s a connector where wires are asked."""
        found = self._ask(kms.GET_RESOURCES, kms.Resources())
        crtcs = _room(found.crtc_count)
        connectors = _room(found.connector_count)
        asked = kms.Resources(
            crtcs=ctypes.addressof(crtcs),
            connectors=ctypes.addressof(connectors),
            crtc_count=len(crtcs),
            connector_count=len(connectors),
        )
        told = self._ask(kms.GET_RESOURCES, asked)
        self._crtcs = tuple(crtcs[: min(len(crtcs), told.crtc_count)])
        here = connectors[: min(len(connectors), told.connector_count)]
        return [one for connector in here if (one := self._monitor(connector)) is not None]

    def _monitor(self, connector: int) -> Monitor | None:
        told = self._ask(kms.GET_CONNECTOR, kms.Connector(id=connector))
        if told.connection != kms.CONNECTED or not told.mode_count:
            return None
        modes, encoders = (kms.Mode * min(MOST, told.mode_count))(), _room(told.encoder_count)
        asked = kms.Connector(
            id=connector,
            modes=ctypes.addressof(modes),
            mode_count=len(modes),
            encoders=ctypes.addressof(encoders),
            encoder_count=len(encoders),
        )
        told = self._ask(kms.GET_CONNECTOR, asked)
        possible = 0
        for encoder in encoders[: min(len(encoders), told.encoder_count)]:
            possible |= self._ask(kms.GET_ENCODER, kms.Encoder(id=encoder)).possible_crtcs
        crtcs = tuple(crtc for at, crtc in enumerate(self._crtcs) if possible >> at & 1)
        return Monitor(connector, tuple(modes[: min(len(modes), told.mode_count)]), crtcs)

    def picture(self, size: tuple[int, int]) -> Picture:
        """Give memory for one picture of 32 bits a pixel, black."""
        dumb = self._ask(kms.CREATE_DUMB, kms.Dumb(across=size[0], down=size[1], bits=32))
        try:
            wanted = kms.Framebuffer(
                across=size[0], down=size[1], pitch=dumb.pitch, bits=32, depth=24, handle=dumb.handle
            )
            framebuffer = self._ask(kms.ADD_FRAMEBUFFER, wanted).id
            offset = self._ask(kms.MAP_DUMB, kms.Mapping(handle=dumb.handle)).offset
            mapped = mmap.mmap(self._descriptor, dumb.size, mmap.MAP_SHARED, offset=offset)
        except OSError:
            self._ask(kms.DESTROY_DUMB, c_uint32(dumb.handle))
            raise
        return Picture(framebuffer, dumb.handle, Scanout(memoryview(mapped), size, dumb.pitch), mapped)

    def show(self, monitor: Monitor, crtc: int, mode: kms.Mode, picture: Picture) -> None:
        """Set the mode of a monitor and show a picture there."""
        connectors = (c_uint32 * 1)(monitor.connector)
        wanted = kms.Crtc(
            connectors=ctypes.addressof(connectors),
            connector_count=1,
            id=crtc,
            framebuffer=picture.framebuffer,
            valid=1,
            mode=mode,
        )
        self._ask(kms.SET_CRTC, wanted)

    def flip(self, crtc: int, picture: Picture) -> None:
        """Show another picture from the monitor's next one on; `flips_over` tells when."""
        self._ask(kms.FLIP, kms.Flip(crtc=crtc, framebuffer=picture.framebuffer, flags=kms.FLIP_EVENT))

    def flips_over(self, count: int) -> bool:
        """Wait until so many flips are over; False when the card said nothing for too long."""
        while count > 0:
            if not select.select([self._descriptor], [], [], FLIP_S)[0]:
                return False
            told, at = os.read(self._descriptor, 4096), 0
            while at + EVENT.size <= len(told):
                kind, length = EVENT.unpack_from(told, at)
                count -= kind == kms.FLIP_COMPLETE
                at += max(EVENT.size, length)
        return True

    def _ask(self, request: int, asked: Asked) -> Asked:
        fcntl.ioctl(self._descriptor, request, asked, True)
        return asked


def _room(count: int) -> "ctypes.Array[c_uint32]":
    return (c_uint32 * min(MOST, count))()
