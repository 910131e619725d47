"""Who of the users of a system is a person: root and services never log in to the recorder."""

import pwd

FIRST_PERSON = 1000
"""UID_MIN of login.defs(5): what has a smaller number belongs to the system."""
NOBODY = 65534


def is_person(user: str) -> bool:
    """Whether the system or the directory has a person of this name."""
    try:
        number = pwd.getpwnam(user).pw_uid
    except KeyError:
        return False
    return number >= FIRST_PERSON and number != NOBODY
