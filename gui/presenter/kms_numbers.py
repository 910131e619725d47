"""The kernel's mode setting: request numbers and structures of drm/drm.h and drm/drm_mode.h.

They are equal on x86-64 and aarch64; `tests/gui/presenter/test_kms.py` compiles them from the headers.
"""

import ctypes
from ctypes import c_uint16, c_uint32, c_uint64

SET_MASTER = 0x641E
GET_RESOURCES = 0xC04064A0
SET_CRTC = 0xC06864A2
GET_ENCODER = 0xC01464A6
GET_CONNECTOR = 0xC05064A7
ADD_FRAMEBUFFER = 0xC01C64AE
FLIP = 0xC01864B0
CREATE_DUMB = 0xC02064B2
MAP_DUMB = 0xC01064B3
DESTROY_DUMB = 0xC00464B4

CONNECTED = 1
PREFERRED = 1 << 3
INTERLACED = 1 << 4
FLIP_EVENT = 1
FLIP_COMPLETE = 2
"""The type of the event that tells of a finished flip (struct drm_event)."""


class Mode(ctypes.Structure):
    """struct drm_mode_modeinfo: one picture format of a monitor."""

    _fields_ = (
        ("clock", c_uint32),
        *(
            (name, c_uint16)
            for line in (
                ("across", "hsync_start", "hsync_end", "htotal", "hskew"),
                ("down", "vsync_start", "vsync_end", "vtotal", "vscan"),
            )
            for name in line
        ),
        ("hz", c_uint32),
        ("flags", c_uint32),
        ("type", c_uint32),
        ("name", ctypes.c_char * 32),
    )


class Resources(ctypes.Structure):
    """struct drm_mode_card_res."""

    _fields_ = (
        *((name, c_uint64) for name in ("framebuffers", "crtcs", "connectors", "encoders")),
        *((f"{name}_count", c_uint32) for name in ("framebuffer", "crtc", "connector", "encoder")),
        *((name, c_uint32) for name in ("least_across", "most_across", "least_down", "most_down")),
    )


class Connector(ctypes.Structure):
    """struct drm_mode_get_connector."""

    _fields_ = (
        *((name, c_uint64) for name in ("encoders", "modes", "properties", "values")),
        *((f"{name}_count", c_uint32) for name in ("mode", "property", "encoder")),
        *((name, c_uint32) for name in ("encoder", "id", "type", "type_id", "connection")),
        *((name, c_uint32) for name in ("across_mm", "down_mm", "subpixel", "padding")),
    )


class Encoder(ctypes.Structure):
    """struct drm_mode_get_encoder."""

    _fields_ = tuple((name, c_uint32) for name in ("id", "type", "crtc", "possible_crtcs", "possible_clones"))


class Crtc(ctypes.Structure):
    """struct drm_mode_crtc."""

    _fields_ = (
        ("connectors", c_uint64),
        *((name, c_uint32) for name in ("connector_count", "id", "framebuffer", "x", "y", "gamma", "valid")),
        ("mode", Mode),
    )


class Dumb(ctypes.Structure):
    """struct drm_mode_create_dumb: memory for one picture; the kernel fills in handle, pitch and size."""

    _fields_ = (
        *((name, c_uint32) for name in ("down", "across", "bits", "flags", "handle", "pitch")),
        ("size", c_uint64),
    )


class Mapping(ctypes.Structure):
    """struct drm_mode_map_dumb."""

    _fields_ = (("handle", c_uint32), ("padding", c_uint32), ("offset", c_uint64))


class Framebuffer(ctypes.Structure):
    """struct drm_mode_fb_cmd."""

    _fields_ = tuple((name, c_uint32) for name in ("id", "across", "down", "pitch", "bits", "depth", "handle"))


class Flip(ctypes.Structure):
    """struct drm_mode_crtc_page_flip."""

    _fields_ = (*((name, c_uint32) for name in ("crtc", "framebuffer", "flags", "reserved")), ("user", c_uint64))
