"""Requests as clients send them, read into the classes that they should be."""

from typing import Any, TypeVar

import msgspec

from recorder.client.errors import Invalid

_Request = TypeVar("_Request")


def read(message: dict[str, Any], as_type: type[_Request]) -> _Request:
    """Read a request; raises `Invalid`, which names the field that is wrong."""
    try:
        return msgspec.convert(message, type=as_type, str_keys=True)
    except (msgspec.ValidationError, OverflowError) as error:
        raise Invalid(problem=str(error)) from error
