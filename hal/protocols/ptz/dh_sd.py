"""DH-SD1 and DH-SD2: domes of 7-byte frames that begin with A5. How SD1 clears a preset is not known well enough."""

from dataclasses import replace

from hal.kinds.ptz_bus import Action
from hal.protocols.ptz.protocol import Protocol, table

DH_SD2 = Protocol(
    "DH-SD2",
    "A5 address body sum1_6",
    table("""
        up: 08 00 tilt 00       ; down: 04 00 tilt 00       ; left: 02 pan 00 00        ; right: 01 pan 00 00
        up_left: 0A pan tilt 00 ; down_left: 06 pan tilt 00 ; up_right: 09 pan tilt 00  ; down_right: 05 pan tilt 00
        stop: 00 00 00 00 | 40 00 00 00
        zoom_in: 41 00 00 00    ; zoom_out: 42 00 00 00     ; focus_near: 48 00 00 00   ; focus_far: 44 00 00 00
        iris_close: 60 00 00 00 ; iris_open: 50 00 00 00
        preset_set: 81 00 n 00  ; preset_goto: 83 00 n 00   ; preset_clear: 82 00 n 00
        pan_start: 83 01 62 00  ; pan_stop: 83 00 62 00
        scan_left_limit: 81 00 81+2*n0 00 ; scan_right_limit: 81 00 82+2*n0 00
        scan_start: 83 00 91+n0 00        ; scan_stop: 83 00 5A 00
        tour_add: 84 n0 m 00    ; tour_remove: 82 n0 m 00   ; tour_start: 83 n0 63 00
        tour_stop: 83 00 5A 00  ; tour_clear: 82 00 51 00
        pattern_record: 85 n 01 00 ; pattern_end: 85 n 02 00 ; pattern_run: 85 n 00 00
        aux_on: 87 00 n 00      ; aux_off: 88 00 n 00       ; flip: 87 00 0A 00         ; reset: 87 00 0B 00
        menu_open: 89 01 00 00  ; menu_close: 89 00 00 00   ; menu_enter: 89 08 00 00
        menu_up: 89 04 00 00    ; menu_down: 89 05 00 00    ; menu_left: 89 06 00 00    ; menu_right: 89 07 00 00
    """),
    presets=80,
    tours=8,
    patterns=5,
    scans=5,
    auxes=9,
    slow_gap_s=0.4,
)
DH_SD1 = replace(
    DH_SD2,
    title="DH-SD1",
    actions={action: template for action, template in DH_SD2.actions.items() if action is not Action.PRESET_CLEAR},
)
