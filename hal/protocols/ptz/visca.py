"""VISCA, as Sony lists it for the SRG cameras: commands from 8x to FF, answered one by one."""

from hal.protocols.ptz.protocol import Protocol, table

VISCA = Protocol(
    "VISCA",
    "80+address body FF",
    table("""
        up: 01 06 01 pan tilt 03 01        ; down: 01 06 01 pan tilt 03 02
        left: 01 06 01 pan tilt 01 03      ; right: 01 06 01 pan tilt 02 03
        up_left: 01 06 01 pan tilt 01 01   ; up_right: 01 06 01 pan tilt 02 01
        down_left: 01 06 01 pan tilt 01 02 ; down_right: 01 06 01 pan tilt 02 02
        stop: 01 06 01 01 01 03 03 | 01 04 07 00 | 01 04 08 00
        look: 01 06 02 18 14 pan_at.nibbles tilt_at.nibbles | 01 04 47 zoom_at.nibbles
        look_by: 01 06 03 18 14 pan_at.nibbles tilt_at.nibbles
        home: 01 06 04 ; reset: 01 06 05
        zoom_in: 01 04 07 20+zoom ; zoom_out: 01 04 07 30+zoom
        focus_far: 01 04 08 02 ; focus_near: 01 04 08 03
        focus_auto: 01 04 38 02 ; focus_manual: 01 04 38 03 ; focus_once: 01 04 18 01
        iris_reset: 01 04 0B 00 ; iris_open: 01 04 0B 02 ; iris_close: 01 04 0B 03
        preset_clear: 01 04 3F 00 n ; preset_set: 01 04 3F 01 n ; preset_goto: 01 04 3F 02 n
        camera_on: 01 04 00 02 ; camera_off: 01 04 00 03
        ask_pan_tilt: 09 06 12 ; ask_zoom: 09 04 47 ; ask_version: 09 00 02
    """),
    addresses=7,
    top=(0x18, 0x14, 7),
    least_speed=1,
    presets=254,
    stops=1,
    hello="88 30 01 FF | 88 01 00 01 FF",
)
