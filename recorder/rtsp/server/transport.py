"""The Transport header (RFC 2326 §12.39): what a client can take, and what we choose of it."""

from dataclasses import dataclass

from recorder.rtsp.message import number


@dataclass(frozen=True)
class OverConnection:
    """RTP inside the RTSP connection; None leaves the choice of channels to the server."""

    channels: tuple[int, int] | None


@dataclass(frozen=True)
class OverUdp:
    """RTP and RTCP to two ports of the client. Where it wants them sent elsewhere, it is not listened to."""

    ports: tuple[int, int]


Wanted = OverConnection | OverUdp
_MOST_SPECS = 16


def choose(header: str) -> Wanted | None:
    """Give the first transport of the header that we speak, None where there is none (461)."""
    for spec in header.split(",", _MOST_SPECS)[:_MOST_SPECS]:
        profile, *rest = (part.strip() for part in spec.split(";"))
        parameters = {name.lower(): value for name, _, value in (part.partition("=") for part in rest)}
        if "multicast" in parameters or parameters.get("mode", "play").strip('"').lower() not in {"play", ""}:
            continue
        match profile.upper():
            case "RTP/AVP/TCP":
                if "interleaved" not in parameters:
                    return OverConnection(None)
                if channels := _pair(parameters["interleaved"], 0, 255):
                    return OverConnection(channels)
            case "RTP/AVP" | "RTP/AVP/UDP":
                if ports := _pair(parameters.get("client_port", ""), 1, 65535):
                    return OverUdp(ports)
            case _:
                pass
    return None


def _pair(text: str, least: int, most: int) -> tuple[int, int] | None:
    """Read `4-5`, or `4` for the same; both numbers lie in the bounds and differ."""
    first_text, dash, second_text = text.partition("-")
    first = number(first_text, most)
    if first is None:
        return None
    second = number(second_text, most) if dash else first + 1
    if second is None or first == second or not (least <= first <= most and least <= second <= most):
        return None
    return first, second
