"""What an owner may call a device that he adds, and what may stand for another machine."""

from typing import Annotated

from msgspec import Meta

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]{0,15}\Z")]
"""No dash, which parts the names of files that devices keep things in."""
HOST = "[A-Za-z0-9][A-Za-z0-9.-]{0,252}"
Host = Annotated[str, Meta(pattern=rf"^{HOST}\Z")]
LINE = "tty[A-Za-z0-9]{1,16}"
"""A serial line by the kernel's name of it, below /dev."""
Port = Annotated[int, Meta(ge=1, le=65535)]
