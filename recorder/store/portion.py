"""What is read at once: samples of one epoch as they follow each other, at most those of one chunk."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from recorder.client.stream import Epoch, Sample

_MOST = 64


class Portion(NamedTuple):
    """Samples in recorded order, at least one; `root` of the chunk that they were read from, where it is one.

    `data` are the bytes of all of them where these lie one behind the other.
    """

    epoch: Epoch
    samples: list[Sample]
    root: bytes = b""
    data: memoryview | None = None


def gathered(found: Iterable[tuple[Epoch, Sample]]) -> Iterator[Portion]:
    """Give what comes one by one in portions."""
    known: Epoch | None = None
    samples: list[Sample] = []
    for epoch, sample in found:
        if samples and known is not None and (epoch is not known or len(samples) == _MOST):
            yield Portion(known, samples)
            samples = []
        known = epoch
        samples.append(sample)
    if samples and known is not None:
        yield Portion(known, samples)
