"""Pelco-D and Pelco-P, as camera vendors print them.

The extended commands of D are in P with the same numbers. Presets above 90 are commands by custom: 92 and 93
set the limits of a scan, 95 opens the menu, 96 stops, 99 scans. Published tables of P disagree on the check byte, on
whether addresses begin with 0 and on the focus bits: see `Quirk`.
"""

from hal.protocols.ptz.protocol import Protocol, table

_BASE = table("""
    stop: 00 00 00 00        ; up: 00 08 00 tilt          ; down: 00 10 00 tilt
    left: 00 04 pan 00       ; right: 00 02 pan 00
    zoom_in: 00 20 00 00     ; zoom_out: 00 40 00 00
    preset_set: 00 03 00 n   ; preset_clear: 00 05 00 n   ; preset_goto: 00 07 00 n
    aux_on: 00 09 00 n       ; aux_off: 00 0B 00 n
""")
_LENS_D = table("""
    focus_near: 01 00 00 00  ; focus_far: 00 80 00 00     ; iris_open: 02 00 00 00     ; iris_close: 04 00 00 00
    camera_on: 88 00 00 00   ; camera_off: 08 00 00 00
""")
_LENS_P = table("""
    focus_near: 02 00 00 00  ; focus_far: 01 00 00 00     ; iris_open: 04 00 00 00     ; iris_close: 08 00 00 00
""")
_EXTENDED = table("""
    flip: 00 07 00 21           ; home: 00 07 00 22             ; reset: 00 0F 00 00
    zone_begin: 00 11 00 n      ; zone_end: 00 13 00 n
    zone_scan_on: 00 1B 00 00   ; zone_scan_off: 00 1D 00 00
    write: 00 15 n m            ; clear_screen: 00 17 00 00     ; acknowledge_alarm: 00 19 00 n
    pattern_record: 00 1F 00 n  ; pattern_end: 00 21 00 n       ; pattern_run: 00 23 00 n
    zoom_speed: 00 25 00 n      ; focus_speed: 00 27 00 n
    focus_auto: 00 2B 00 00     ; focus_manual: 00 2B 00 01     ; iris_auto: 00 2D 00 n
    gain_auto: 00 2F 00 n       ; backlight: 00 31 00 n         ; white_balance: 00 33 00 n
    scan_left_limit: 00 03 00 5C ; scan_right_limit: 00 03 00 5D ; scan_start: 00 07 00 63 ; scan_stop: 00 07 00 60
    tour_start: 00 07 00 4C     ; tour_stop: 00 07 00 60        ; menu_open: 00 03 00 5F
    menu_up: 00 08 00 20        ; menu_down: 00 10 00 20        ; menu_left: 00 04 20 00   ; menu_right: 00 02 20 00
""")
_ONLY_D = table("""
    menu_enter: 02 00 00 00     ; menu_close: 04 00 00 00       ; pan_start: 90 00 00 00   ; pan_stop: 10 00 00 00
    light_on: 88 00 00 00       ; light_off: 08 00 00 00
    look: 00 4B pan_at.word | 00 4D tilt_at.word | 00 4F zoom_at.word
    ask_pan: 00 51 00 00        ; ask_tilt: 00 53 00 00         ; ask_zoom: 00 55 00 00
""")
_ONLY_P = table("menu_enter: 04 00 00 00; menu_close: 08 00 00 00; pan_start: 20 00 00 00; pan_stop: 00 00 00 00")

_FRAME_D = "FF address body sum2_6"
PELCO_D = Protocol("Pelco-D", _FRAME_D, _BASE | _LENS_D, joins=True, auxes=8)
PELCO_D_EXTENDED = Protocol(
    "Pelco-D extended",
    _FRAME_D,
    _BASE | _LENS_D | _EXTENDED | _ONLY_D,
    joins=True,
    auxes=8,
    tours=1,
    patterns=4,
    scans=1,
)
PELCO_P = Protocol(
    "Pelco-P",
    "A0 address body AF xor1_7",
    _BASE | _LENS_P | _EXTENDED | _ONLY_P,
    joins=True,
    address_from_zero=True,
    addresses=32,
    auxes=8,
    tours=1,
    patterns=4,
    scans=1,
)
PELCO_P1 = Protocol(
    "Pelco-P1",
    "A0 address body AF xor2_6",
    PELCO_P.actions,
    joins=True,
    address_from_zero=True,
    addresses=32,
    auxes=8,
    tours=1,
    patterns=4,
    scans=1,
)
