"""What the changelog of the table holds, and how it is read again.

One record for each room under its id: its state, zstd, stamped with the log offset that it includes. A room that is
larger than a part has its other parts under keys of their own, stamped alike. One header, and one list of what was
sent since the header, stand under keys that no room has.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
import zstandard

from streams.partition import Header, decode_header
from streams.room import Room

HEADER_KEY: Final = b"\0header"
SENT_KEY: Final = b"\0sent"
PART_KEY: Final = b"\0part"
WHOLE_FORMAT: Final = 1
TABLE_FORMAT: Final = 2  # a room in parts; one that is whole is still written in format 1
PART_BYTES: Final = 900 * 1024  # Kafka's default limit for a record is 1 MiB


class SavedState(msgspec.Struct, frozen=True, array_like=True):
    """A room's record in the changelog: the log offset that its state includes, and the state, zstd.

    Where `parts` is more than one, `state` is one piece of it, and every piece says how many there are.
    """

    format: int
    offset: int
    state: bytes
    parts: int = 1


class Sent(msgspec.Struct, frozen=True, array_like=True):
    """Something sent since the header: its topic, room and the log offset at which it was made."""

    topic: str
    room_id: str
    offset: int


class Table(msgspec.Struct):
    """One partition of the changelog as it was read. Without a header the rooms are of no use."""

    header: Header | None
    sent: dict[str, Sent]
    rooms: dict[str, tuple[int, bytes]]  # the offset that a room includes, `Room.encode`'s bytes
    parts: dict[str, int]  # records of each room, where there are more than one


Pair = tuple[bytes, bytes | None]  # key, value; None is a tombstone

_encode = msgspec.msgpack.Encoder().encode
_decode_sent = msgspec.msgpack.Decoder(dict[str, Sent]).decode
_decode_saved = msgspec.msgpack.Decoder(SavedState).decode


def encode_sent(sent: Mapping[str, Sent]) -> bytes:
    """The list of what was sent since the header, by id."""
    return _encode(sent)


def decode_sent(value: bytes) -> dict[str, Sent]:
    """The inverse of `encode_sent`."""
    return _decode_sent(value)


def room_pairs(room_id: str, offset: int, state: bytes, parts_before: int = 1) -> tuple[list[Pair], int]:
    """A room's records and how many are in use: to be written in one transaction, with tombstones of others.

    `state` is `Room.encode`'s; `parts_before` is how many records the room had.
    """
    packed = zstandard.compress(state, level=1)
    pieces = [packed[begin : begin + PART_BYTES] for begin in range(0, len(packed), PART_BYTES)]
    count = len(pieces)
    form = WHOLE_FORMAT if count == 1 else TABLE_FORMAT
    pairs: list[Pair] = [
        (_key(room_id, number), _encode(SavedState(form, offset, piece, count))) for number, piece in enumerate(pieces)
    ]
    return pairs + [(_key(room_id, number), None) for number in range(count, parts_before)], count


def empty_pairs(room_id: str, offset: int, parts_before: int = 1) -> list[Pair]:
    """What stands for a room that was dropped at `offset`, until a header at or past it is written."""
    return room_pairs(room_id, offset, Room(room_id).encode(), parts_before)[0]


def tombstones(room_id: str, parts_before: int = 1) -> list[Pair]:
    """All records of a room, gone."""
    return [(_key(room_id, number), None) for number in range(parts_before)]


def read_table(values: Mapping[bytes, bytes | None]) -> Table:
    """The newest value of every key of a partition -> what it holds; raises ValueError with a sentence."""
    header, sent = values.get(HEADER_KEY), values.get(SENT_KEY)
    first: dict[str, SavedState] = {}
    others: dict[str, dict[int, SavedState]] = {}
    for key, value in values.items():
        if value is None or key in (HEADER_KEY, SENT_KEY):
            continue
        if key.startswith(PART_KEY):
            number, room_id = key.removeprefix(PART_KEY).split(b"\0", 1)
            others.setdefault(room_id.decode(), {})[int(number)] = _saved(value)
        else:
            first[key.decode()] = _saved(value)
    parts = {room_id: max(some) + 1 for room_id, some in others.items()}
    made = Table(decode_header(header) if header else None, decode_sent(sent) if sent else {}, {}, parts)
    if header:
        made.rooms = {room_id: _whole(room_id, saved, others.get(room_id, {})) for room_id, saved in first.items()}
    return made


def _whole(room_id: str, first: SavedState, others: Mapping[int, SavedState]) -> tuple[int, bytes]:
    """A room put together from its parts."""
    pieces = [first.state]
    for number in range(1, first.parts):
        other = others.get(number)
        if other is None or (other.offset, other.parts) != (first.offset, first.parts):
            raise ValueError(
                f"room {room_id} has {first.parts} parts at offset {first.offset}, but part {number + 1} is "
                f"{'missing' if other is None else f'of offset {other.offset}'}: its changelog was damaged; "
                "start a new deployment with another CLAQUEWATCH_PREFIX"
            )
        pieces.append(other.state)
    return first.offset, zstandard.decompress(b"".join(pieces))


def _saved(value: bytes) -> SavedState:
    saved = _decode_saved(value)
    if saved.format > TABLE_FORMAT:
        raise ValueError(
            f"the table has a room of format {saved.format}, newer than {TABLE_FORMAT}: upgrade this version"
        )
    return saved


def _key(room_id: str, number: int) -> bytes:
    return PART_KEY + b"%d\0" % number + room_id.encode() if number else room_id.encode()
