"""How streams are named on the command line."""

import argparse

from recorder.client.stream import StreamName


def stream_name(text: str) -> StreamName:
    """Read the name of a stream."""
    try:
        return StreamName(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(StreamName)}") from None
