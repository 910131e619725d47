"""Asks the helper; blocks for as long as a directory takes."""

import socket
from pathlib import Path

import msgspec

from recorder.pam.question import LARGEST_BYTES, NO, YES, HelperAway, Question

TIMEOUT_S = 30.0


def fits(path: Path, user: str, password: str) -> bool:
    """Whether it is the user's password; raises `HelperAway`."""
    try:
        question = msgspec.json.encode(Question(user, password)) + b"\n"
    except UnicodeError:
        return False
    if len(question) > LARGEST_BYTES:
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(TIMEOUT_S)
            sock.connect(str(path))
            sock.sendall(question)
            with sock.makefile("rb") as answers:
                answer = answers.readline(len(YES))
    except OSError as error:
        raise HelperAway from error
    if answer not in {YES, NO}:
        raise HelperAway
    return answer == YES


def runs(path: Path) -> bool:
    """Whether there is a helper to be asked."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(TIMEOUT_S)
            sock.connect(str(path))
    except OSError:
        return False
    return True
