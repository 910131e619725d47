"""Simulated cameras behind one RTSP server, in this process: for tests, benchmarks and the command line."""

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from recorder.client.stream import Codec


@dataclass(frozen=True)
class CameraOptions:
    """How a set of simulated cameras is made.

    Cameras count from 1. `loop_s` is the length of the rendered loop in seconds; rates are in bits per second.
    `faults` holds, by camera number, options as in the query of a URL: `{3: {"loss": "0.01"}}`.
    """

    cameras: int = 4
    host: str = "127.0.0.1"
    port: int = 0
    user: str = ""
    password: str = ""
    auth: str = "none"
    codec: Codec = Codec.H264
    audio: Codec | None = None
    cache: Path | None = None
    loop_s: int = 60
    main_size: tuple[int, int] = (1920, 1080)
    main_frames_per_s: int = 15
    main_bits_per_s: int = 4_000_000
    sub_size: tuple[int, int] = (704, 576)
    sub_frames_per_s: int = 15
    sub_bits_per_s: int = 512_000
    bench: bool = False
    faults: dict[int, dict[str, str]] = field(default_factory=dict[int, dict[str, str]])


class SimulatedCameras:
    """`async with SimulatedCameras(CameraOptions(cameras=2)) as cameras: cameras.url(1, "main")`."""

    def __init__(self, options: CameraOptions | None = None) -> None:
        self.options = options or CameraOptions()
        self.port = self.options.port

    async def __aenter__(self) -> Self:
        """Listen; clips that are not in the cache are encoded when first asked for, and play while they grow."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening, close all connections, end the encoders."""

    def url(self, camera: int, stream: str = "main", **options: object) -> str:
        """Give the URL of a stream, without user and password; `options` become its query."""
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return f"rtsp://{self.options.host}:{self.port}/cam{camera}/{stream}" + (f"?{query}" if query else "")
