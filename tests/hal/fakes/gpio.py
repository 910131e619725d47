"""GPIO chips of a kernel, as linux/gpio.h lays them out: by ctypes, so that it shares no code with what it tests."""

import ctypes
import errno
import fcntl
import os
import struct
import termios
from pathlib import Path

u32, u64 = ctypes.c_uint32, ctypes.c_uint64


class ChipInfo(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char * 32), ("label", ctypes.c_char * 32), ("lines", u32)]


class Attribute(ctypes.Structure):
    _fields_ = [("id", u32), ("padding", u32), ("value", u64)]


class LineInfo(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char * 32),
        ("consumer", ctypes.c_char * 32),
        ("offset", u32),
        ("num_attrs", u32),
        ("flags", u64),
        ("attrs", Attribute * 10),
        ("padding", u32 * 4),
    ]


class ConfigAttribute(ctypes.Structure):
    _fields_ = [("attr", Attribute), ("mask", u64)]


class Config(ctypes.Structure):
    _fields_ = [("flags", u64), ("num_attrs", u32), ("padding", u32 * 5), ("attrs", ConfigAttribute * 10)]


class Request(ctypes.Structure):
    _fields_ = [
        ("offsets", u32 * 64),
        ("consumer", ctypes.c_char * 32),
        ("config", Config),
        ("num_lines", u32),
        ("event_buffer_size", u32),
        ("padding", u32 * 5),
        ("fd", ctypes.c_int32),
    ]


class Values(ctypes.Structure):
    _fields_ = [("bits", u64), ("mask", u64)]


class Event(ctypes.Structure):
    _fields_ = [
        ("timestamp_ns", u64),
        ("id", u32),
        ("offset", u32),
        ("seqno", u32),
        ("line_seqno", u32),
        ("padding", u32 * 6),
    ]


STRUCTURES = {
    "gpiochip_info": ChipInfo,
    "gpio_v2_line_attribute": Attribute,
    "gpio_v2_line_info": LineInfo,
    "gpio_v2_line_config_attribute": ConfigAttribute,
    "gpio_v2_line_config": Config,
    "gpio_v2_line_request": Request,
    "gpio_v2_line_values": Values,
    "gpio_v2_line_event": Event,
}


def number(direction, kind, nr):
    return direction << 30 | ctypes.sizeof(kind) << 16 | 0xB4 << 8 | nr


class Line:
    """One pin: its level in volts is high or low, whoever drives it."""

    def __init__(self, name):
        self.name = name
        self.high = False
        self.flags = 0
        self.consumer = ""
        self.debounce_us = 0
        self.queue = 0
        self.ends = None
        self.sequence = 0

    def held(self):
        try:
            return self.ends is not None and os.fstat(self.ends[0]).st_ino == self.inode
        except OSError:
            return False


class Kernel:
    """Its `ioctl` stands in for the real one; `dev` has its chips."""

    def __init__(self, place, chips):
        self.dev = place / "dev"
        self.dev.mkdir(exist_ok=True)
        self.chips = {name: [Line(line) for line in lines] for name, lines in chips.items()}
        self.gone = False
        for name in self.chips:
            (self.dev / name).touch()

    def line(self, name):
        return next(line for lines in self.chips.values() for line in lines if line.name == name)

    def lose(self):
        self.gone = True
        for name in self.chips:
            (self.dev / name).unlink()

    def move(self, name, *, high):
        """Move a pin from outside, as a contact does; the kernel tells the edge, or drops it."""
        line = self.line(name)
        if line.high is high:
            return
        line.high = high
        active = high is not bool(line.flags & 2)
        if line.held() and line.flags & (0x10 if active else 0x20):
            line.sequence += 1
            waiting = struct.unpack("i", fcntl.ioctl(line.ends[0], termios.FIONREAD, bytes(4)))[0] // 48
            if waiting < line.queue:
                event = Event(timestamp_ns=1, id=1 if active else 2, seqno=line.sequence, line_seqno=line.sequence)
                os.write(line.ends[1], bytes(event))

    def ioctl(self, descriptor, request, argument):
        if self.gone:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        structure, work = {
            number(2, ChipInfo, 1): (ChipInfo, self._chip_info),
            number(3, LineInfo, 5): (LineInfo, self._line_info),
            number(3, Request, 7): (Request, self._request),
            number(3, Values, 14): (Values, self._get),
            number(3, Values, 15): (Values, self._set),
        }[request]
        assert len(argument) == ctypes.sizeof(structure)
        work(descriptor, structure.from_buffer(argument))
        return 0

    def _chip(self, descriptor):
        return Path(f"/proc/self/fd/{descriptor}").readlink().name

    def _chip_info(self, descriptor, said):
        name = self._chip(descriptor)
        said.name, said.label, said.lines = name.encode(), b"pinctrl-" + name[-1:].encode(), len(self.chips[name])

    def _line_info(self, descriptor, said):
        line = self.chips[self._chip(descriptor)][said.offset]
        said.name, said.consumer = line.name.encode(), line.consumer.encode()
        said.flags = line.flags | (1 if line.held() or line.consumer == "spi0" else 0)

    def _request(self, descriptor, said):
        line = self.chips[self._chip(descriptor)][said.offsets[0]]
        if line.held():
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        assert said.num_lines == 1
        attributes = {one.attr.id: one for one in said.config.attrs[: said.config.num_attrs]}
        assert all(one.mask == 1 for one in attributes.values())
        line.flags, line.consumer, line.queue = said.config.flags, said.consumer.decode(), said.event_buffer_size
        line.debounce_us = attributes[3].attr.value & 0xFFFFFFFF if 3 in attributes else 0
        line.sequence = 0
        line.ends = os.pipe()
        line.inode = os.fstat(line.ends[0]).st_ino
        if line.flags & 8:
            self._level(line, attributes[2].attr.value & 1)
        said.fd = line.ends[0]

    def _of(self, descriptor):
        return next(
            line for lines in self.chips.values() for line in lines if line.held() and line.ends[0] == descriptor
        )

    def _level(self, line, value):
        line.high = bool(value) is not bool(line.flags & 2)

    def _get(self, descriptor, said):
        line = self._of(descriptor)
        said.bits = int(line.high is not bool(line.flags & 2)) & said.mask

    def _set(self, descriptor, said):
        line = self._of(descriptor)
        assert line.flags & 8, "an input cannot be driven"
        assert said.mask == 1
        self._level(line, said.bits & 1)
