"""The numbers and layouts of mode setting and of the framebuffer are those of the kernel's own headers."""

import ctypes
import subprocess

import pytest

from gui.presenter import framebuffer, kms_numbers
from hal.kernel import input as kernel_input

CONSTANTS = {
    "DRM_IOCTL_SET_MASTER": kms_numbers.SET_MASTER,
    "DRM_IOCTL_MODE_GETRESOURCES": kms_numbers.GET_RESOURCES,
    "DRM_IOCTL_MODE_SETCRTC": kms_numbers.SET_CRTC,
    "DRM_IOCTL_MODE_GETENCODER": kms_numbers.GET_ENCODER,
    "DRM_IOCTL_MODE_GETCONNECTOR": kms_numbers.GET_CONNECTOR,
    "DRM_IOCTL_MODE_ADDFB": kms_numbers.ADD_FRAMEBUFFER,
    "DRM_IOCTL_MODE_PAGE_FLIP": kms_numbers.FLIP,
    "DRM_IOCTL_MODE_CREATE_DUMB": kms_numbers.CREATE_DUMB,
    "DRM_IOCTL_MODE_MAP_DUMB": kms_numbers.MAP_DUMB,
    "DRM_IOCTL_MODE_DESTROY_DUMB": kms_numbers.DESTROY_DUMB,
    "DRM_MODE_TYPE_PREFERRED": kms_numbers.PREFERRED,
    "DRM_MODE_FLAG_INTERLACE": kms_numbers.INTERLACED,
    "DRM_MODE_PAGE_FLIP_EVENT": kms_numbers.FLIP_EVENT,
    "DRM_EVENT_FLIP_COMPLETE": kms_numbers.FLIP_COMPLETE,
    "FBIOGET_VSCREENINFO": framebuffer.GET_VARIABLE,
    "FBIOGET_FSCREENINFO": framebuffer.GET_FIXED,
    "EVIOCGPROP(4)": kernel_input.EVIOCGPROP,
    "EVIOCGABS(0)": kernel_input.EVIOCGABS,
    "EVIOCGABS(1)": kernel_input.EVIOCGABS + 1,
    "INPUT_PROP_POINTER": kernel_input.PROPERTY_POINTER,
}
SIZES = {
    "drm_mode_modeinfo": ctypes.sizeof(kms_numbers.Mode),
    "drm_mode_card_res": ctypes.sizeof(kms_numbers.Resources),
    "drm_mode_get_connector": ctypes.sizeof(kms_numbers.Connector),
    "drm_mode_get_encoder": ctypes.sizeof(kms_numbers.Encoder),
    "drm_mode_crtc": ctypes.sizeof(kms_numbers.Crtc),
    "drm_mode_create_dumb": ctypes.sizeof(kms_numbers.Dumb),
    "drm_mode_map_dumb": ctypes.sizeof(kms_numbers.Mapping),
    "drm_mode_fb_cmd": ctypes.sizeof(kms_numbers.Framebuffer),
    "drm_mode_crtc_page_flip": ctypes.sizeof(kms_numbers.Flip),
    "fb_var_screeninfo": framebuffer.VARIABLE.size,
    "fb_fix_screeninfo": framebuffer.FIXED.size,
    "input_absinfo": kernel_input.AXIS.size,
}
PLACES = {
    ("drm_mode_modeinfo", "vrefresh"): kms_numbers.Mode.hz,
    ("drm_mode_modeinfo", "vdisplay"): kms_numbers.Mode.down,
    ("drm_mode_modeinfo", "flags"): kms_numbers.Mode.flags,
    ("drm_mode_modeinfo", "type"): kms_numbers.Mode.type,
    ("drm_mode_card_res", "crtc_id_ptr"): kms_numbers.Resources.crtcs,
    ("drm_mode_card_res", "connector_id_ptr"): kms_numbers.Resources.connectors,
    ("drm_mode_card_res", "count_connectors"): kms_numbers.Resources.connector_count,
    ("drm_mode_get_connector", "modes_ptr"): kms_numbers.Connector.modes,
    ("drm_mode_get_connector", "count_modes"): kms_numbers.Connector.mode_count,
    ("drm_mode_get_connector", "count_encoders"): kms_numbers.Connector.encoder_count,
    ("drm_mode_get_connector", "connector_id"): kms_numbers.Connector.id,
    ("drm_mode_get_connector", "connection"): kms_numbers.Connector.connection,
    ("drm_mode_get_encoder", "possible_crtcs"): kms_numbers.Encoder.possible_crtcs,
    ("drm_mode_crtc", "count_connectors"): kms_numbers.Crtc.connector_count,
    ("drm_mode_crtc", "fb_id"): kms_numbers.Crtc.framebuffer,
    ("drm_mode_crtc", "mode_valid"): kms_numbers.Crtc.valid,
    ("drm_mode_create_dumb", "width"): kms_numbers.Dumb.across,
    ("drm_mode_create_dumb", "pitch"): kms_numbers.Dumb.pitch,
    ("drm_mode_create_dumb", "size"): kms_numbers.Dumb.size,
    ("drm_mode_map_dumb", "offset"): kms_numbers.Mapping.offset,
    ("drm_mode_fb_cmd", "pitch"): kms_numbers.Framebuffer.pitch,
    ("drm_mode_fb_cmd", "handle"): kms_numbers.Framebuffer.handle,
    ("drm_mode_crtc_page_flip", "fb_id"): kms_numbers.Flip.framebuffer,
    ("drm_mode_crtc_page_flip", "flags"): kms_numbers.Flip.flags,
}


@pytest.mark.peer("libdrm")
def test_numbers_sizes_and_places_are_the_headers(tmp_path):
    asked = {name: f"(unsigned long long){name}" for name in CONSTANTS}
    asked |= {name: f"(unsigned long long)sizeof(struct {name})" for name in SIZES}
    asked |= {
        f"{struct}.{field}": f"(unsigned long long)offsetof(struct {struct}, {field})" for struct, field in PLACES
    }
    asked |= {
        "line_length": "(unsigned long long)offsetof(struct fb_fix_screeninfo, line_length)",
        "smem_len": "(unsigned long long)offsetof(struct fb_fix_screeninfo, smem_len)",
        "bits_per_pixel": "(unsigned long long)offsetof(struct fb_var_screeninfo, bits_per_pixel)",
    }
    body = "\n".join(f'printf("%llu\\n", {what});' for what in asked.values())
    source, program = tmp_path / "ask.c", tmp_path / "ask"
    headers = ("drm.h", "drm_mode.h", "linux/fb.h", "linux/input.h", "sys/ioctl.h", "stddef.h", "stdio.h")
    includes = "".join(f"#include <{one}>\n" for one in headers)
    source.write_text(f"{includes}int main(void) {{\n{body}\nreturn 0; }}\n")
    subprocess.run(["cc", "-I/usr/include/libdrm", "-o", program, source], check=True)
    said = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    expected = [*CONSTANTS.values(), *SIZES.values(), *(place.offset for place in PLACES.values())]
    expected += [_place(framebuffer.FIXED, 9), _place(framebuffer.FIXED, 2), _place(framebuffer.VARIABLE, 6)]
    assert dict(zip(asked, map(int, said), strict=True)) == dict(zip(asked, expected, strict=True))


def _place(layout, number):
    """Give where a field of a layout lies, by what a packing with nothing but this field leaves empty."""
    fields = [b"" if isinstance(one, bytes) else 0 for one in layout.unpack(bytes(layout.size))]
    fields[number] = 1
    return layout.pack(*fields).index(1)
