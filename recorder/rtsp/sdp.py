"""Session descriptions (RFC 4566): what a camera offers, parsed from DESCRIBE and built for our own server.

Tolerant: unknown lines and damaged attributes are passed over. Bounded by the size of a message body, `MOST_LINES` and
`MOST_MEDIA`.
"""

from dataclasses import dataclass

from recorder.rtsp.errors import Malformed

MOST_MEDIA = 32
NOWHERE = "IN IP4 0.0.0.0"
"""RFC 2326 C.1.7: where packets go is told by SETUP."""
MOST_LINES = 2000
# RFC 3551 §6: what static payload types mean when no rtpmap says so.
# Type 2 was G.721 once, which is G.726 at 32 kbit/s (RFC 1890); old cameras still use it.
STATIC = {0: ("PCMU", 8000, 1), 2: ("G726-32", 8000, 1), 8: ("PCMA", 8000, 1), 26: ("JPEG", 90000, 0)}


@dataclass(frozen=True)
class RtpMap:
    """What one payload type stands for. `encoding` is in upper case; `channels` is 0 where it does not apply."""

    payload_type: int
    encoding: str
    clock_hz: int
    channels: int = 0


@dataclass(frozen=True)
class Attribute:
    """An `a=` line: `a=name` or `a=name:value`."""

    name: str
    value: str = ""


@dataclass(frozen=True)
class MediaDescription:
    """One `m=` section. `kind` is video, audio, application …; `control` is as written, or None.

    `connection` is the value of its own `c=` line, or "".
    """

    kind: str
    payload_types: tuple[int, ...]
    protocol: str = "RTP/AVP"
    port: int = 0
    attributes: tuple[Attribute, ...] = ()
    connection: str = ""

    def attribute(self, name: str) -> str | None:
        """Give the value of the first attribute of this name, or None."""
        return next((one.value for one in self.attributes if one.name == name), None)

    @property
    def control(self) -> str | None:
        """The `a=control` of this section."""
        return self.attribute("control")

    @property
    def rtp_maps(self) -> tuple[RtpMap, ...]:
        """Every known payload type of the `m=` line, by `a=rtpmap` or RFC 3551, in the order of preference."""
        named = {one.payload_type: one for line in self.attributes if line.name == "rtpmap" if (one := _rtp_map(line))}
        static = {number: RtpMap(number, *known) for number, known in STATIC.items()}
        known = static | named
        return tuple(known[number] for number in self.payload_types if number in known)

    def format_parameters(self, payload_type: int) -> dict[str, str]:
        """Give the `a=fmtp` of a payload type: names in lower case, values as written."""
        for line in self.attributes:
            if line.name != "fmtp":
                continue
            number, _, rest = line.value.partition(" ")
            if number.strip() == str(payload_type):
                pairs = (one.partition("=") for one in rest.split(";"))
                return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
        return {}


@dataclass(frozen=True)
class SessionDescription:
    """A whole description. `connection` is the value of the session's `c=` line, or ""."""

    media: tuple[MediaDescription, ...]
    name: str = "-"
    attributes: tuple[Attribute, ...] = ()
    connection: str = ""

    @property
    def control(self) -> str | None:
        """The `a=control` of the session."""
        return next((one.value for one in self.attributes if one.name == "control"), None)

    def __bytes__(self) -> bytes:
        """Give the text of the description."""
        lines = ["v=0", "o=- 0 0 IN IP4 0.0.0.0", f"s={self.name}", f"c={self.connection or NOWHERE}", "t=0 0"]
        lines += map(_line, self.attributes)
        for one in self.media:
            numbers = " ".join(map(str, one.payload_types))
            lines.append(f"m={one.kind} {one.port} {one.protocol} {numbers}")
            if one.connection:
                lines.append(f"c={one.connection}")
            lines += map(_line, one.attributes)
        return "".join(f"{line}\r\n" for line in lines).encode()


def parse(text: bytes) -> SessionDescription:
    """Read a description; raises `Malformed` where it is none."""
    lines = text.decode("utf-8", "replace").replace("\r", "\n").split("\n")
    if len(lines) > MOST_LINES:
        raise Malformed(reason="a session description with too many lines")
    name = "-"
    session: list[Attribute] = []
    media: list[tuple[MediaDescription, list[Attribute]]] = []
    connections: dict[int, str] = {}
    """By the number of the section, 0 for the session."""
    known = 0
    for line in lines:
        kind, equals, value = line.strip().partition("=")
        if not equals or len(kind) != 1:
            continue
        known += 1
        match kind:
            case "s" if not media:
                name = value.strip() or "-"
            case "c":
                connections.setdefault(len(media), value.strip())
            case "a":
                field, _, rest = value.partition(":")
                (media[-1][1] if media else session).append(Attribute(field.strip(), rest.strip()))
            case "m" if len(media) < MOST_MEDIA and (section := _media(value)):
                media.append((section, []))
            case "m":
                raise Malformed(reason="a session description with a bad media line")
            case _:
                pass
    if not known:
        raise Malformed(reason="a session description without a line of SDP")
    sections = (
        MediaDescription(m.kind, m.payload_types, m.protocol, m.port, tuple(found), connections.get(number, ""))
        for number, (m, found) in enumerate(media, 1)
    )
    return SessionDescription(tuple(sections), name, tuple(session), connections.get(0, ""))


def _media(value: str) -> MediaDescription | None:
    words = value.split()
    if len(words) < 3:
        return None
    port = words[1].partition("/")[0]
    numbers = (int(word) for word in words[3:] if word.isascii() and word.isdigit() and len(word) <= 3)
    return MediaDescription(
        words[0].lower(),
        tuple(number for number in numbers if number <= 127)[:32],
        words[2].upper(),
        int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else 0,
    )


def _rtp_map(line: Attribute) -> RtpMap | None:
    number, _, rest = line.value.partition(" ")
    encoding, _, numbers = rest.strip().partition("/")
    clock, _, channels = numbers.partition("/")
    if not all(one.isascii() and one.isdigit() and len(one) <= 7 for one in (number, clock)):
        return None
    count = int(channels) if channels.isascii() and channels.isdigit() and len(channels) <= 2 else 0
    return RtpMap(int(number), encoding.strip().upper(), int(clock), count)


def _line(attribute: Attribute) -> str:
    return f"a={attribute.name}:{attribute.value}" if attribute.value else f"a={attribute.name}"
