"""Protocols of domes: a table each, an encoder for all, a decoder of what domes answer, and the traffic on one line."""

from collections.abc import Mapping
from functools import lru_cache

from hal.kinds.ptz_bus import Dome, PtzProtocol, Quirk
from hal.protocols.ptz.dh_sd import DH_SD1, DH_SD2
from hal.protocols.ptz.pelco import PELCO_D, PELCO_D_EXTENDED, PELCO_P, PELCO_P1
from hal.protocols.ptz.protocol import Protocol, with_quirks
from hal.protocols.ptz.visca import VISCA

PROTOCOLS: Mapping[PtzProtocol, Protocol] = {
    PtzProtocol.PELCO_D: PELCO_D,
    PtzProtocol.PELCO_D_EXTENDED: PELCO_D_EXTENDED,
    PtzProtocol.PELCO_P: PELCO_P,
    PtzProtocol.PELCO_P1: PELCO_P1,
    PtzProtocol.VISCA: VISCA,
    PtzProtocol.DH_SD1: DH_SD1,
    PtzProtocol.DH_SD2: DH_SD2,
}


def protocol_of(dome: Dome) -> Protocol:
    """Give the table of a dome, as its quirks change it."""
    return _with_quirks(dome.protocol, dome.quirks)


@lru_cache(maxsize=64)
def _with_quirks(name: PtzProtocol, quirks: frozenset[Quirk]) -> Protocol:
    return with_quirks(PROTOCOLS[name], quirks)
