"""What a request's URL names: a source by path and options, and perhaps one track of it."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from recorder.rtsp.errors import Malformed

LONGEST_URL = 2048
MOST_OPTIONS = 16
# Players put the control of a track behind the path or behind the query; either way it is taken out of its place.
_TRACK = re.compile(r"/?trackID=(\d{1,3})(?=$|[/?&])")


@dataclass(frozen=True)
class Address:
    """A parsed URL. `base` is the URL as it came, without the track."""

    base: str
    path: str
    options: dict[str, str]
    track: int | None


def parse(url: str) -> Address:
    """Read a URL; raises `Malformed`."""
    if len(url) > LONGEST_URL:
        raise Malformed(reason="a URL that is too long")
    found = _TRACK.search(url)
    track = int(found[1]) if found else None
    base = (url[: found.start()] + url[found.end() :]) if found else url
    try:
        parts = urlsplit(base)
        # A port that is no number is told only when asked for.
        _ = parts.port
        options = dict(parse_qsl(parts.query.rstrip("/"), keep_blank_values=True, max_num_fields=MOST_OPTIONS))
    except ValueError as error:
        raise Malformed(reason="a URL that cannot be read") from error
    if parts.scheme.lower() not in {"rtsp", "rtsps", "rtspu"} or not parts.netloc:
        raise Malformed(reason="a URL that is not one of RTSP")
    return Address(base, unquote(parts.path).strip("/"), options, track)
