"""A wall by GStreamer, run with the system's Python because python3-gi lives there.

usage: gst_wall.py WIDTH HEIGHT COLUMNS FPS URL ...
Pulls every H.264 camera over TCP, decodes it in one thread, scales it to a tile of 4:3, and shows all in a window on
$DISPLAY, composed FPS times a second. Prints `ready` when every camera gave two seconds of pictures; for each line on
its input it prints how many pictures were decoded so far, and how many the window showed. Ends with its input.

Nothing of Python runs for a picture. The window gets planes and colours them at once: tiles of BGRx cost 5 % more.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402


def launch(width: int, height: int, columns: int, fps: int, urls: list[str]) -> str:
    rows = -(-len(urls) // columns)
    across, down = width // columns, height // rows & ~1
    wide = down * 4 // 3 & ~1
    places = " ".join(
        f"sink_{number}::xpos={number % columns * across + (across - wide) // 2}"
        f" sink_{number}::ypos={number // columns * down}"
        for number in range(len(urls))
    )
    branches = " ".join(
        f"rtspsrc location={url} protocols=tcp latency=100 ! rtph264depay ! h264parse ! avdec_h264 max-threads=1"
        f" ! identity name=count_{number} silent=true ! videoscale add-borders=false"
        f" ! video/x-raw,format=I420,width={wide},height={down} ! queue max-size-buffers=4 ! wall.sink_{number}"
        for number, url in enumerate(urls)
    )
    whole = f"video/x-raw,format=I420,width={width},height={height},framerate={fps}/1,pixel-aspect-ratio=1/1"
    return (
        f"compositor name=wall background=black {places} ! {whole} ! videoconvert ! ximagesink name=window {branches}"
    )


def main() -> None:
    width, height, columns, fps = map(int, sys.argv[1:5])
    urls = sys.argv[5:]
    Gst.init(None)
    pipeline = Gst.parse_launch(launch(width, height, columns, fps, urls))
    counters = [pipeline.get_by_name(f"count_{number}") for number in range(len(urls))]
    window = pipeline.get_by_name("window")
    loop = GLib.MainLoop()

    def decoded() -> list[int]:
        return [one.get_property("stats").get_value("num-buffers") for one in counters]

    def begin() -> bool:
        settled = min(decoded()) >= 2 * fps
        if settled:
            print("ready", flush=True)
        return not settled

    def answer() -> None:
        for _line in sys.stdin:
            print(sum(decoded()), window.get_property("stats").get_value("rendered"), flush=True)
        loop.quit()

    def fail(_bus: Gst.Bus, message: Gst.Message) -> None:
        print(*message.parse_error(), file=sys.stderr)
        loop.quit()

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message::error", fail)
    pipeline.set_state(Gst.State.PLAYING)
    GLib.timeout_add(200, begin)
    threading.Thread(target=answer, daemon=True).start()
    loop.run()
    pipeline.set_state(Gst.State.NULL)


if __name__ == "__main__":
    main()
