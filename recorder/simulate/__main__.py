"""`nightjar simulate`: simulated cameras until interrupted; prints `ready PORT` when they can be played."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from recorder.client.instance import Instance
from recorder.client.known import know
from recorder.client.stream import Codec
from recorder.simulate.cameras import SimulatedCameras, default_cache
from recorder.simulate.faults import parse_argument
from recorder.simulate.options import AUTH, CameraOptions
from recorder.simulate.wired import WiredCameras

PASSWORD_VARIABLE = "NIGHTJAR_SIMULATE_PASSWORD"  # noqa: S105 - the name of a variable
LOOP_VARIABLE = "NIGHTJAR_SIMULATE_LOOP_S"
"""How long the scenes are that `nightjar run` shows: a minute of one takes half a minute of a processor to render."""
_MOST_CAMERAS = 9999
_LAST_PORT = 0xFFFF
_MOST_KBPS = 1_000_000
_CODECS = ("h264", "h265", "mjpeg", "mpeg4")

_EXAMPLES = """
Streams are rtsp://HOST:PORT/camN/main and /camN/sub. Faults stand in the query of a URL or behind --fault:
  loss=0.01      so many of the RTP packets are lost         stall=5:20      nothing is sent from second 5 to 20
  drop=20        the connection breaks after 20 s            jump=10         timestamps jump an hour after 10 s
  resolution=15  pictures change their size after 15 s       pace=1          one packet a write, as encoders do
Sound likewise: audio=pcma, g726, aac or opus.
"""


def parse(argv: list[str] | None) -> tuple[CameraOptions, bool, Path | None]:
    """Read the command line: the options, whether to make all clips first, and at whose ports cameras hang."""
    parser = argparse.ArgumentParser(
        prog="nightjar simulate",
        description="Serve simulated cameras by RTSP.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cameras", type=int, default=4, metavar="N", help="how many (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8554, help="0 lets the system choose (default: %(default)s)")
    parser.add_argument("--user", default="admin", help="who may log in (default: %(default)s)")
    parser.add_argument("--password", help=f"better given in the environment, as {PASSWORD_VARIABLE}")
    parser.add_argument("--auth", choices=AUTH, help="default: digest where there is a password")
    parser.add_argument("--codec", choices=_CODECS, default="h264")
    parser.add_argument("--sub-codec", choices=_CODECS, help="of the small streams (default: as --codec)")
    parser.add_argument("--audio", choices=("pcma", "g726", "aac", "opus"), help="every stream has sound")
    parser.add_argument("--fault", action="append", default=[], type=_fault, metavar="camN:NAME=VALUE,...")
    parser.add_argument("--main", type=_size, default=(1920, 1080), metavar="WxH", help="default: 1920x1080")
    parser.add_argument("--main-fps", type=int, default=15, metavar="N", help="default: %(default)s")
    parser.add_argument("--main-kbps", type=int, default=4000, metavar="N", help="default: %(default)s")
    parser.add_argument("--sub", type=_size, default=(640, 360), metavar="WxH", help="default: 640x360")
    parser.add_argument("--sub-fps", type=int, default=15, metavar="N", help="default: %(default)s")
    parser.add_argument("--sub-kbps", type=int, default=512, metavar="N", help="default: %(default)s")
    loop_s = os.environ.get(LOOP_VARIABLE, "60")
    parser.add_argument(
        "--loop", type=int, default=loop_s, metavar="S", help="seconds of a scene (default: %(default)s)"
    )
    parser.add_argument("--bench", action="store_true", help="synthetic pictures at 25 fps that fill their bit rate")
    parser.add_argument("--prepare", action="store_true", help="make all clips before saying ready")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where encoded scenes are kept")
    parser.add_argument("--data", type=Path, metavar="DIR", help="taken as by every command; the cache is shared")
    parser.add_argument("--wired", action="store_true", help="also answer for cameras at the simulated PoE ports")
    asked = parser.parse_args(argv)
    password = asked.password or os.environ.get(PASSWORD_VARIABLE, "")
    auth = asked.auth or ("digest" if password else "none")
    if auth != "none" and not password:
        parser.error(f"--auth {auth} needs a password")
    if not 1 <= asked.cameras <= _MOST_CAMERAS:
        parser.error(f"--cameras is 1 to {_MOST_CAMERAS}")
    if not 0 <= asked.port <= _LAST_PORT:
        parser.error(f"--port is 0 to {_LAST_PORT}")
    for rate in (asked.main_kbps, asked.sub_kbps):
        if not 1 <= rate <= _MOST_KBPS:
            parser.error(f"kbps are 1 to {_MOST_KBPS}")
    for rate in (asked.main_fps, asked.sub_fps):
        if not 1 <= rate <= 60 or 90_000 % rate:
            parser.error("pictures a second are 1 to 60 and divide 90000")
    if asked.loop < 2:
        parser.error("--loop is at least 2")
    wrong: dict[int, dict[str, str]] = {}
    for camera, options in asked.fault:
        wrong.setdefault(camera, {}).update(options)
    options = CameraOptions(
        cameras=asked.cameras,
        host=asked.host,
        port=asked.port,
        user=asked.user,
        password=password,
        auth=auth,
        codec=Codec(asked.codec),
        sub_codec=Codec(asked.sub_codec) if asked.sub_codec else None,
        audio=Codec(asked.audio) if asked.audio else None,
        cache=asked.cache or default_cache(),
        loop_s=asked.loop,
        main_size=asked.main,
        main_frames_per_s=asked.main_fps,
        main_bits_per_s=asked.main_kbps * 1000,
        sub_size=asked.sub,
        sub_frames_per_s=asked.sub_fps,
        sub_bits_per_s=asked.sub_kbps * 1000,
        bench=asked.bench,
        faults=wrong,
    )
    return options, asked.prepare, asked.data if asked.wired else None


def main(argv: list[str] | None = None) -> None:
    """Serve until interrupted."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)
    options, prepare, wired = parse(argv)
    know()
    try:
        asyncio.run(_serve(options, wired, prepare=prepare))
    except OSError as error:
        sys.exit(f"nightjar simulate: {options.host}:{options.port} cannot be listened on: {error.strerror or error}")
    except KeyboardInterrupt:
        sys.exit(130)


async def _serve(options: CameraOptions, wired: Path | None, *, prepare: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    async with SimulatedCameras(options) as cameras:
        if prepare:
            making = asyncio.create_task(cameras.prepare())
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({making, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            making.cancel()
        if not stop.is_set():
            print(f"ready {cameras.port}", flush=True)
        following = None
        if wired is not None:
            following = asyncio.create_task(WiredCameras(Instance(wired), options.cameras, cameras.one_camera).run())
        await stop.wait()
        if following is not None:
            following.cancel()
            await asyncio.wait({following})


def _size(text: str) -> tuple[int, int]:
    width, _cross, height = text.partition("x")
    size = int(width), int(height)
    if not all(64 <= side <= 4096 and side % 2 == 0 for side in size):
        raise argparse.ArgumentTypeError("a size is WIDTHxHEIGHT, even numbers from 64 to 4096")
    return size


def _fault(text: str) -> tuple[int, dict[str, str]]:
    try:
        return parse_argument(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a fault") from None


if __name__ == "__main__":
    main()
