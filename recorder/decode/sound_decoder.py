"""One decoder of one audio track that survives whatever a camera sends: samples in, loudness of each moment out.

G.711 is a table of 256 values (ITU-T G.711); for all else there is PyAV.
"""

from typing import TypeAlias, cast

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from recorder.client.errors import NightjarError
from recorder.client.stream import Codec, TrackParameters
from recorder.client.words import _
from recorder.codec.parameters import decoder_configuration
from recorder.decode.decoder import Undecodable

Wave: TypeAlias = NDArray[np.float32]
"""Full scale from -1 to 1. Of several channels it is the root of their mean power, which has no sign."""
HIGHEST_HZ = 192_000
MOST_CHANNELS = 8
MOST_BYTES = 64 << 10
"""Of one sample: the largest unit of AAC of eight channels has 6 KiB."""
_NAMES = {Codec.AAC: "aac", Codec.OPUS: "opus", Codec.G726: "g726le"}


def _mu_law() -> Wave:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    value = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return (np.where(code & 0x80, -value, value) / 32768).astype(np.float32)


def _a_law() -> Wave:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = code >> 4 & 7, (code & 0x0F) << 4
    value = np.where(exponent > 0, (mantissa + 0x108) << np.maximum(exponent - 1, 0), mantissa + 8)
    return (np.where(code & 0x80, value, -value) / 32768).astype(np.float32)


_TABLES = {Codec.PCMU: _mu_law(), Codec.PCMA: _a_law()}


class SoundDecoder:
    """Decodes one track; raises `Undecodable`. `rate_hz` is that of the waves it gives."""

    def __init__(self, parameters: TrackParameters) -> None:
        self.rate_hz = parameters.clock_hz
        self._table = _TABLES.get(parameters.codec)
        self._context: av.AudioCodecContext | None = None
        if self._table is not None:
            return
        name = _NAMES.get(parameters.codec)
        if name is None or not 0 < parameters.clock_hz <= HIGHEST_HZ or parameters.channels > MOST_CHANNELS:
            raise Undecodable(problem=_("{codec} is no sound that is known").format(codec=parameters.codec))
        try:
            context = cast("av.AudioCodecContext", av.CodecContext.create(name, "r"))
            context.sample_rate = parameters.clock_hz
            context.layout = "stereo" if parameters.channels == 2 else "mono"
            if parameters.codec is Codec.G726:
                context.options = {"bits_per_coded_sample": str(parameters.parameter_sets[0][0])}
            if configuration := decoder_configuration(parameters):
                context.extradata = configuration
            context.open()
        except (NightjarError, FFmpegError, ValueError, IndexError) as error:
            raise Undecodable(problem=_("the parameters of its sound are damaged")) from error
        self._context = context

    def decode(self, data: bytes | memoryview) -> list[Wave]:
        """Take one sample; gives the waves that are ready."""
        if len(data) > MOST_BYTES:
            raise Undecodable(problem=_("its sound is damaged"))
        if self._table is not None:
            return [self._table[np.frombuffer(data, np.uint8)]]
        assert self._context is not None
        try:
            packet = av.Packet(len(data))
            packet.update(cast("bytes", data))
            frames = self._context.decode(packet)
        except (FFmpegError, ValueError, MemoryError) as error:
            raise Undecodable(problem=_("its sound is damaged")) from error
        return [self._wave(one) for one in frames]

    def _wave(self, frame: av.AudioFrame) -> Wave:
        self.rate_hz = frame.sample_rate
        found = frame.to_ndarray()
        wave = found.astype(np.float32)
        if found.dtype.kind == "i":
            wave /= float(1 << 8 * found.itemsize - 1)
        channels = frame.layout.nb_channels
        if channels == 1:
            return wave.reshape(-1)
        apart = wave if frame.format.is_planar else wave.reshape(-1, channels).T
        return np.sqrt(np.mean(apart * apart, axis=0))
