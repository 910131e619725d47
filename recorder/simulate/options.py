"""How a set of simulated cameras is made: sizes, rates, scenes, login, faults."""

from dataclasses import dataclass, field
from pathlib import Path

from recorder.client.stream import Codec, StreamName
from recorder.simulate.clip import BENCH, ClipSpec

SCENES = (
    "shop-street-day",
    "car-park-night",
    "warehouse-day",
    "courtyard-day",
    "shop-street-night",
    "car-park-day",
    "courtyard-night",
    "warehouse-night",
)
"""What the cameras look at, in their order; further cameras see one of these at another moment."""

BENCH_FRAMES_PER_S = 25
_GOP_S = 2
_BENCH_GOPS = 3
_PHASE_GOPS = 7
AUTH = ("none", "basic", "digest", "digest-sha256")


@dataclass(frozen=True)
class CameraOptions:
    """How a set of simulated cameras is made.

    Cameras count from 1. `loop_s` is the length of the rendered loop in seconds; rates are in bits per second. `auth`
    is one of `AUTH`. `faults` holds, by camera number, options as in the query of a URL: `{3: {"loss": "0.01"}}`. With
    `bench` every stream is a synthetic picture that fills its bit rate, main at 25 pictures a second. `sub_codec` is
    that of the small streams where it differs; MJPEG keeps its quality and not its bit rate.
    """

    cameras: int = 4
    host: str = "127.0.0.1"
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    auth: str = "none"
    codec: Codec = Codec.H264
    sub_codec: Codec | None = None
    audio: Codec | None = None
    cache: Path | None = None
    loop_s: int = 60
    main_size: tuple[int, int] = (1920, 1080)
    main_frames_per_s: int = 15
    main_bits_per_s: int = 4_000_000
    sub_size: tuple[int, int] = (640, 360)
    sub_frames_per_s: int = 15
    sub_bits_per_s: int = 512_000
    bench: bool = False
    timeout_s: int = 60
    faults: dict[int, dict[str, str]] = field(default_factory=dict[int, dict[str, str]])

    def clip(self, camera: int, stream: StreamName) -> ClipSpec:
        """Say which clip a stream shows."""
        is_main = stream is StreamName.MAIN
        width, height = self.main_size if is_main else self.sub_size
        bits_per_s = self.main_bits_per_s if is_main else self.sub_bits_per_s
        codec = self.codec if is_main else self.sub_codec or self.codec
        if self.bench:
            gop = BENCH_FRAMES_PER_S * _GOP_S
            frames = gop * _BENCH_GOPS
            return ClipSpec(BENCH, codec, width, height, BENCH_FRAMES_PER_S, bits_per_s, gop, frames)
        frames_per_s = self.main_frames_per_s if is_main else self.sub_frames_per_s
        scene = SCENES[(camera - 1) % len(SCENES)]
        gop = frames_per_s * _GOP_S
        frames = self.loop_s // _GOP_S * gop
        return ClipSpec(scene, codec, width, height, frames_per_s, bits_per_s, gop, frames)

    @staticmethod
    def phase(camera: int) -> int:
        """Say by how many GOPs a camera is ahead of the first that looks at the same scene."""
        return (camera - 1) // len(SCENES) * _PHASE_GOPS
