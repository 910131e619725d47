"""One decoder of one video track that survives whatever a camera sends.

PyAV with one thread a decoder: dropping a decoder with frame threads and packets in flight deadlocks (measured with
PyAV 18.1). Picture size is bounded before memory is taken: by the SPS when the decoder is made, and by libavcodec's own
`max_pixels` against parameter sets that arrive within samples.
"""

from typing import cast

import av
import av.logging
from av.error import FFmpegError

from recorder.client.errors import NightjarError
from recorder.client.stream import Codec, TrackParameters
from recorder.client.words import _
from recorder.codec.parameters import decoder_configuration

LARGEST_SIDE = 8192
LARGEST_PICTURE_PIXELS = 139_264 * 256
"""What level 6.2 allows (H.264 table A-1, the same as H.265 table A.8), a little more than 8192x4320: a hostile stream
can have up to 16 such pictures kept as references."""
_NAMES = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg", Codec.MPEG4: "mpeg4"}

av.logging.set_level(av.logging.PANIC)  # a hostile stream must not fill the log; what matters is told as a state


class Undecodable(NightjarError):
    """A stream, or a part of it, that no picture can be made of."""

    status = 415
    words = _("This stream cannot be decoded: {problem}.")


class VideoDecoder:
    """Samples in, as `Codec` describes them, frames out, each with the `at` of its sample as `pts`.

    `low_delay` gives each picture at once, which streams with reordered pictures do not allow; `hasty` leaves out the
    deblocking filter, a sixth of the work, for overload and for small views. Raises `Undecodable`.
    """

    def __init__(self, parameters: TrackParameters, *, low_delay: bool = False, hasty: bool = False) -> None:
        name = _NAMES.get(parameters.codec)
        if name is None:
            raise Undecodable(problem=_("{codec} is not a video codec that is known").format(codec=parameters.codec))
        pixels = parameters.width * parameters.height
        if max(parameters.width, parameters.height) > LARGEST_SIDE or pixels > LARGEST_PICTURE_PIXELS:
            raise Undecodable(
                problem=_("a picture of {width}x{height} is too large").format(
                    width=parameters.width, height=parameters.height
                )
            )
        self.parameters = parameters
        options = {"max_pixels": str(LARGEST_PICTURE_PIXELS)}
        if low_delay:
            options["flags"] = "low_delay"
        if hasty:
            options["skip_loop_filter"] = "all"
        try:
            context = av.VideoCodecContext.create(name, "r")
            context.thread_count = 1
            context.options = options
            if configuration := decoder_configuration(parameters):
                context.extradata = configuration
            context.open()
        except (NightjarError, FFmpegError, ValueError) as error:
            raise Undecodable(problem=_("its parameters are damaged")) from error
        self._context = cast("av.VideoCodecContext", context)

    def decode(self, data: bytes | memoryview, at: int) -> list[av.VideoFrame]:
        """Take one sample; gives the frames that are ready, often one. Raises `Undecodable`."""
        try:
            # Not `av.Packet(data)`, which lends memory: decoders read some bytes beyond its end, and want zeros there.
            packet = av.Packet(len(data))
            packet.update(cast("bytes", data))
            packet.pts = packet.dts = at
            return self._context.decode(packet)
        except (FFmpegError, ValueError, MemoryError) as error:
            raise Undecodable(problem=_("its pictures are damaged")) from error

    def flush(self) -> list[av.VideoFrame]:
        """Give the frames that were held back for reordering, and be ready for a key frame."""
        try:
            frames = self._context.decode(None)
        except (FFmpegError, ValueError, MemoryError):
            frames = []
        self._context.flush_buffers()
        return frames
