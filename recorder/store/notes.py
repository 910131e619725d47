"""Holds and tags between the rows of a catalog and what others are told of them."""

from recorder.client.errors import NotFound
from recorder.client.holds import Hold, HoldKind, Tag
from recorder.client.stream import StreamName
from recorder.store.ids import ID_BYTES, RowId
from recorder.store.layout import ALL_STREAMS, STREAM_CODES, STREAM_NAMES
from recorder.store.layout import HoldKind as Code
from recorder.store.rows import HoldRow, TagRow

KINDS = {Code.LOCK: HoldKind.LOCK, Code.EVIDENCE: HoldKind.EVIDENCE, Code.EXPORT: HoldKind.EXPORT}
CODES = {name: code for code, name in KINDS.items()}
NO_ID = RowId(0, 0, 0)


def read_id(text: str, what: str) -> RowId:
    """Read an id as it is told, 32 hexadecimal digits; raises `NotFound`: nothing has any other."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if len(data) != ID_BYTES:
        raise NotFound(what=what)
    return RowId.parse(data)


def stream_code(stream: StreamName | None) -> int:
    """Give the code of a stream, None being all of a channel."""
    return ALL_STREAMS if stream is None else STREAM_CODES[stream]


def hold_of(row: HoldRow) -> Hold:
    """Tell a hold."""
    return Hold(
        id=row.id.pack().hex(),
        channel=row.channel,
        stream=STREAM_NAMES.get(row.stream),
        kind=next((name for code, name in KINDS.items() if code == row.kind), HoldKind.EVIDENCE),
        start_us=row.start_us,
        end_us=row.end_us,
        expires_us=row.expires_us or None,
        made_us=row.made_us,
        owner=row.owner,
        reason=row.reason,
        released_us=row.released_us or None,
        released_by=row.released_by,
        release_reason=row.release_reason,
    )


def tag_of(row: TagRow) -> Tag:
    """Tell a tag."""
    stream = STREAM_NAMES.get(row.stream)
    return Tag(row.id.pack().hex(), row.channel, stream, row.start_us, row.end_us, row.made_us, row.owner, row.words)
