"""What the rescue system and the installer read: keys of a terminal, files on a stick; the first byte says which."""

from hal.errors import Refused
from hal.rescue import install_file, rescue_file, stick_file
from hal.rescue.keys import Key, Keys

DECLARED = (Refused,)
SEEDS = (
    b"k\x1b[A\x1b[B\x1bOA1a\r\x7f\x1b[15~\x1b",
    b'idisk = "S3Z8NB0K123456"\nerase = true\nthen = "restart"\n',
    b'i\xef\xbb\xbfdisk = "S3Z8"\r\n# why\r\n',
    b'rinstall = "nightjar-1.4.2.raucb"\n',
)


def target(data: bytes) -> None:
    kind, rest = data[:1], data[1:]
    match kind:
        case b"k":
            keys = Keys()
            told = [*keys.feed(rest), *keys.settle()]
            assert all(isinstance(one, Key) or (len(one) == 1 and one.isprintable()) for one in told)
            assert not keys.waits
        case b"r":
            told = stick_file.parse(rest, rescue_file.NAME, rescue_file.RescueFile)
            assert 0 < len(told.install) <= rescue_file.LONGEST_NAME
        case _:
            told = install_file.parse(rest)
            assert told.disk.isprintable()
            assert 0 < len(told.disk) <= install_file.LONGEST_SERIAL
