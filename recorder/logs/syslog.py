"""Entries as syslog messages (RFC 5424), framed by octet counting (RFC 6587 §3.4.1, RFC 5425 §4.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from recorder.client.clock import SECOND_US
from recorder.client.log import Level, LogEntry

SEVERITY: Mapping[Level, int] = {Level.ERROR: 3, Level.WARNING: 4, Level.NOTICE: 5, Level.INFO: 6}
"""RFC 5424 §6.2.1."""
LOCAL0 = 16
LARGEST_BYTES = 8192
"""What receivers should take at least is 2048 (RFC 5425 §4.3.1), what those in use take by default is 8192."""
OURS = "nightjar@8072.9999.9999"
"""Under the number that everybody may try things with, as our traps."""
LONGEST_VALUE = 1000
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True)
class Sender:
    """Who sends: the name of the recorder, and the local facility (0 to 7)."""

    host: str
    facility: int = 0

    def message(self, entry: LogEntry) -> bytes:
        """Write an entry as one message without its frame."""
        about = {
            "id": entry.id,
            "type": entry.type.value,
            "who": entry.who,
            "from": entry.address,
            "channel": str(entry.channel) if entry.channel else "",
            "old": entry.old if entry.old != "null" else "",
            "new": entry.new if entry.new != "null" else "",
            "end": stamp(entry.end_us) if entry.end_us is not None else "",
        }
        return self.written(entry.at_us, entry.level, entry.type.value, about, entry.words)

    def written(self, at_us: int, level: Level, kind: str, about: Mapping[str, str], words: str) -> bytes:
        """Write one message: `about` as structured data, `words` as its text in UTF-8."""
        priority = (LOCAL0 + self.facility) * 8 + SEVERITY[level]
        data = "".join(f' {name}="{_escaped(value)}"' for name, value in about.items() if value)
        head = f"<{priority}>1 {stamp(at_us)} {_name(self.host)} nightjar - {kind} [{OURS}{data}] "
        text = _UNSEEN.sub(" ", words)
        # The mark of UTF-8 (RFC 5424 §6.4); a text that is too long is cut between two characters.
        room = LARGEST_BYTES - len(head.encode("utf-8", "replace")) - 3
        body = text.encode("utf-8", "replace")[: max(0, room)].decode("utf-8", "ignore").encode()
        return head.encode("utf-8", "replace") + b"\xef\xbb\xbf" + body


def framed(message: bytes) -> bytes:
    """Put the count of its octets before a message."""
    return b"%d %s" % (len(message), message)


def stamp(at_us: int) -> str:
    """Write a time (RFC 5424 §6.2.3)."""
    return datetime.fromtimestamp(at_us // SECOND_US, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{at_us % SECOND_US:06d}Z"


def _escaped(value: str) -> str:
    """Escape what ends a value (RFC 5424 §6.3.3); no control character gets through."""
    return re.sub(r'(["\\\]])', r"\\\1", _UNSEEN.sub(" ", value[:LONGEST_VALUE]))


def _name(host: str) -> str:
    """Give a host's name in printable ASCII, as headers want it."""
    return re.sub(r"[^\x21-\x7e]", "-", host)[:255] or "-"
