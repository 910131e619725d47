"""What may stand for another machine: a name as DNS has them (RFC 1123 §2.1), or an address."""

import re
from ipaddress import ip_address

LONGEST = 253
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)


def is_host(text: str) -> bool:
    """Whether it is a name or an address."""
    try:
        ip_address(text)
    except ValueError:
        return len(text) <= LONGEST and all(_LABEL.fullmatch(one) for one in text.split("."))
    return "%" not in text
