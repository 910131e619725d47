"""Start the helper: `python -m recorder.pam --socket PATH`; `--owner USER` is heard besides root."""

import argparse
import asyncio
import os
import pwd
import resource
from pathlib import Path

from recorder.pam.helper import Helper, by_pam
from recorder.sockets.process import log_to_stderr, serve_until_told


def _user(name: str) -> int:
    """Give the number of a user."""
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise argparse.ArgumentTypeError(f"there is no user {name}") from None


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m recorder.pam", description="Ask PAM about logins of the recorder")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--owner", type=_user, default=os.geteuid(), help="the user that control runs as")
    asked = parser.parse_args()
    log_to_stderr()
    # It holds passwords: no picture of its memory is left behind.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    helper = Helper(by_pam, {0, asked.owner, os.geteuid()})
    servers: list[asyncio.Server] = []

    async def start() -> None:
        servers.append(await helper.serve(asked.socket, asked.owner))

    async def stop() -> None:
        for one in servers:
            one.close()
        asked.socket.unlink(missing_ok=True)

    asyncio.run(serve_until_told(start, stop))


if __name__ == "__main__":
    main()
