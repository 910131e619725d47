"""How fast this machine decodes now, against the one on which the budget of the wall was set.

That budget, 40 % of a core, was set where a prototype of the wall needed 28 % and libavcodec, all filters on, 0.49 to
0.62 ms for a picture of this clip: a still picture with sensor noise, and one thing that crosses it.
"""

import subprocess
import time
from pathlib import Path

import av

CLIP = Path(__file__).parents[3] / "build" / "clips" / "yardstick-576.h264"
BUDGET_MS = 0.55
"""A picture, on the machine of the budget."""
TURNS = 3

_PICTURE = "mandelbrot=s=704x576:r=15,trim=end_frame=1,loop=loop=-1:size=1,setpts=N/15/TB,format=yuv420p"
_CROSSES = "color=c=0x802010:s=88x192:r=15,format=yuv420p"
_FILM = "[0][1]overlay=x='if(between(t,6,12),(t-6)/6*(W-w),-w*2)':y=H/2-h/2,noise=alls=6:allf=t"
_X264 = "keyint=30:min-keyint=30:scenecut=0:bframes=0:nal-hrd=cbr:force-cfr=1:slices=1"


def make() -> None:
    """Encode the clip, 20 s of 704x576 at 15 pictures and 512 kbit/s, unless it is there."""
    if CLIP.exists():
        return
    CLIP.parent.mkdir(parents=True, exist_ok=True)
    fresh = CLIP.with_suffix(".new")
    sources = ["-f", "lavfi", "-i", _PICTURE, "-f", "lavfi", "-i", _CROSSES, "-filter_complex", _FILM, "-t", "20"]
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-x264-params", _X264, "-r", "15"]
    rate = ["-b:v", "512k", "-maxrate", "512k", "-bufsize", "512k", "-f", "h264"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *sources, *coded, *rate, str(fresh)], check=True)
    fresh.rename(CLIP)


def picture_ms() -> float:
    """Milliseconds of a core that libavcodec needs for one picture, all filters on, one thread."""
    with av.open(str(CLIP)) as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
    took = pictures = 0.0
    for _turn in range(TURNS):
        decoder = av.VideoCodecContext.create("h264", "r")
        decoder.thread_count, decoder.options = 1, {"flags": "low_delay"}
        began = time.thread_time()
        pictures += sum(len(decoder.decode(packet)) for packet in packets)
        took += time.thread_time() - began
    return took / pictures * 1000
